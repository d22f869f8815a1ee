/** One column of a table. */
export interface Column<Row> {
  /** Names the column; the cell snippet is given it. */
  key: string;
  /** Its head; a column without words gives them to readers. */
  head: string;
  /** The head is for readers only. */
  bare?: boolean;
  /** Numbers stand at the right. */
  number?: boolean;
  /** Orders rows by this column, smallest first; absent where it cannot be sorted. */
  order?: (a: Row, b: Row) => number;
  /** Below this width of the table, in pixels, the column leaves. Never set it on state, name, truth or age. */
  leaves?: number;
  /** Up to this width, in pixels, it stands in for one that left. */
  only?: number;
  /** Its width with the room to the next one, in pixels; or by that of the table. Where all columns but the wide one have theirs, scrolling moves none. */
  width?: number | ((table: number) => number);
  /** Takes what is left of the width and clips at its end. */
  wide?: boolean;
}

/** Which column sorts, and in which direction. */
export interface Sorting {
  key: string;
  descending: boolean;
}

/** The rows in the order of a column; as they came where none sorts. */
export function sorted<Row>(rows: readonly Row[], columns: readonly Column<Row>[], sorting: Sorting | undefined): readonly Row[] {
  const order = columns.find((column) => column.key === sorting?.key)?.order;
  if (!order || !sorting) return rows;
  const ordered = rows.toSorted(order);
  return sorting.descending ? ordered.reverse() : ordered;
}

/** The width of a column in a table of a certain width; absent where its content decides. */
export function widthOf<Row>({ width }: Column<Row>, table: number): string | undefined {
  return width === undefined ? undefined : `${typeof width === "number" ? width : width(table)}px`;
}
