//! Parts of a date, UTC, of seconds since 1970.

/// By the name of the function.
pub fn named(name: &str) -> Option<fn(f64) -> f64> {
    Some(match name {
        "minute" => |seconds| (seconds.trunc() / 60.0).floor().rem_euclid(60.0),
        "hour" => |seconds| (seconds.trunc() / 3_600.0).floor().rem_euclid(24.0),
        "day_of_week" => |seconds| (day(seconds) + 4.0).rem_euclid(7.0),
        "day_of_month" => |seconds| civil(seconds).2,
        "day_of_year" => |seconds| {
            let (year, ..) = civil(seconds);
            day(seconds) - first_of(year) + 1.0
        },
        "days_in_month" => |seconds| {
            let (year, month, _) = civil(seconds);
            days_in(year, month)
        },
        "month" => |seconds| civil(seconds).1,
        "year" => |seconds| civil(seconds).0,
        _ => return None,
    })
}

fn day(seconds: f64) -> f64 {
    (seconds.trunc() / 86_400.0).floor()
}

/// Year, month, day of the proleptic Gregorian calendar; eras of 400 years begin on the first of March.
fn civil(seconds: f64) -> (f64, f64, f64) {
    let days = day(seconds) + 719_468.0;
    let era = (days / 146_097.0).floor();
    let of_era = days - era * 146_097.0;
    let year = ((of_era - (of_era / 1_460.0).floor() + (of_era / 36_524.0).floor() - (of_era / 146_096.0).floor()) / 365.0).floor();
    let of_year = of_era - (365.0 * year + (year / 4.0).floor() - (year / 100.0).floor());
    let shifted = ((5.0 * of_year + 2.0) / 153.0).floor();
    let month = if shifted < 10.0 { shifted + 3.0 } else { shifted - 9.0 };
    let of_month = of_year - ((153.0 * shifted + 2.0) / 5.0).floor() + 1.0;
    (year + era * 400.0 + f64::from(month <= 2.0), month, of_month)
}

fn first_of(year: f64) -> f64 {
    let before = year - 1.0;
    before * 365.0 + (before / 4.0).floor() - (before / 100.0).floor() + (before / 400.0).floor() - 719_162.0
}

fn days_in(year: f64, month: f64) -> f64 {
    let leap = year % 4.0 == 0.0 && (year % 100.0 != 0.0 || year % 400.0 == 0.0);
    match month as u32 {
        2 if leap => 29.0,
        2 => 28.0,
        4 | 6 | 9 | 11 => 30.0,
        _ if month.is_nan() => f64::NAN,
        _ => 31.0,
    }
}
