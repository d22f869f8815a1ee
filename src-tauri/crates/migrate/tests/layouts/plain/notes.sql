SELECT 'no version';
