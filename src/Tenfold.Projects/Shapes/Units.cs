using System.Buffers;
using System.Globalization;
using Tenfold.Projects.Yaml;

namespace Tenfold.Projects.Shapes;

/// <summary>Scalars with a unit.</summary>
internal static class Units
{
    private const int MaxDollars = 1_000_000_000;

    private static readonly ByteUnit[] ByteUnits =
    [
        new("B", 1), new("kB", 1_000), new("MB", 1_000_000), new("GB", 1_000_000_000), new("TB", 1_000_000_000_000),
        new("KiB", 1L << 10), new("MiB", 1L << 20), new("GiB", 1L << 30), new("TiB", 1L << 40),
    ];

    private static readonly SearchValues<char> Amount = SearchValues.Create("0123456789.");

    private static readonly TimeUnit[] TimeUnits = [new('d', 86_400), new('h', 3_600), new('m', 60), new('s', 1)];

    /// <summary>A size: GB is 10⁹ bytes, GiB is 2³⁰.</summary>
    public static ScalarShape<object> Bytes { get; } = new(
        "a size with its unit, such as 4GB, 512MB or 2GiB",
        ReadBytes,
        json => SchemaWriter.Pattern(json, @"^[0-9]+(\.[0-9]+)? ?(B|[kMGT]B|[KMGT]iB)$"));

    /// <summary>A time of days, hours, minutes and seconds, in this order.</summary>
    public static ScalarShape<object> Duration { get; } = new(
        "a time with its units, such as 2h, 90m, 1h30m or 1d",
        scalar => ReadDuration(scalar.Text),
        json => SchemaWriter.Pattern(json, "^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$"));

    /// <summary>An amount of money.</summary>
    public static ScalarShape<object> Dollars { get; } = new(
        "an amount in US dollars above 0, such as 20 or 1.5",
        ReadDollars,
        json =>
        {
            SchemaWriter.Type(json, "number");
            json.WriteNumber("exclusiveMinimum", 0);
            json.WriteNumber("maximum", MaxDollars);
        });

    private static Reading<object> ReadDollars(ScalarNode scalar)
    {
        if (scalar.Plain && Scalars.AsNumber(CoreSchema.Resolve(scalar).Value) is { } amount)
        {
            // The 15 digits of a double suffice for a price. An amount that is too small for a decimal becomes 0.
            return amount is > 0 and <= MaxDollars && (decimal)amount is > 0 and var dollars ? Reading.Of<object>(dollars)
                : Reading.Fail<object>($"more than 0 and at most {MaxDollars}");
        }

        var bare = scalar.Text.Replace("USD", "", StringComparison.OrdinalIgnoreCase).Trim('$', ' ');
        var isNumber = Scalars.AsNumber(CoreSchema.Resolve(bare).Value) is > 0 and <= MaxDollars;
        return Reading.Fail<object>("write only the number", isNumber ? bare : null);
    }

    private static Reading<object> ReadBytes(ScalarNode scalar)
    {
        var text = scalar.Text;
        var end = text.AsSpan().IndexOfAnyExcept(Amount);
        var number = end < 0 ? text : text[..end];
        if (number.Length == 0 || !char.IsAsciiDigit(number[0]) || !char.IsAsciiDigit(number[^1])
            || !decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
                out var amount)) return Reading.Fail<object>();
        if (end < 0) return Reading.Fail<object>("the unit is missing", amount < 1024 ? $"{number}GB" : null);
        var unit = text[end..].StartsWith(' ') ? text[(end + 1)..] : text[end..];
        foreach (var (name, bytes) in ByteUnits)
        {
            if (name != unit) continue;
            return amount is > 0 and < 1_000_000_000 && amount * bytes is >= 1 and < long.MaxValue
                ? Reading.Of<object>((long)(amount * bytes))
                : Reading.Fail<object>("it must be more than 0 and less than 8 EiB");
        }

        var near = ByteUnits.Select(known => known.Unit)
            .FirstOrDefault(known => string.Equals(known, unit, StringComparison.OrdinalIgnoreCase)
                || string.Equals(known, unit + "B", StringComparison.OrdinalIgnoreCase));
        return Reading.Fail<object>("the unit is one of B, kB, MB, GB, TB, KiB, MiB, GiB, TiB", near is null ? null : number + near);
    }

    /// <summary>Reads a time.</summary>
    public static Reading<object> ReadDuration(string text)
    {
        var rest = text.AsSpan();
        if (rest.Length > 0 && !rest.ContainsAnyExceptInRange('0', '9')) return Reading.Fail<object>("the unit is missing", $"{rest}m");
        var seconds = 0L;
        foreach (var (unit, length) in TimeUnits)
        {
            var digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (digits <= 0 || rest[digits] != unit) continue;
            if (digits > 9) return Reading.Fail<object>("at most 365d");
            seconds += length * long.Parse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture);
            rest = rest[(digits + 1)..];
        }

        if (!rest.IsEmpty || text.Length == 0) return Reading.Fail<object>("whole numbers with the units d, h, m, s, in this order");
        if (seconds is <= 0 or > 365 * 86_400) return Reading.Fail<object>("more than 0 and at most 365d");
        return Reading.Of<object>(TimeSpan.FromSeconds(seconds));
    }

    private sealed record ByteUnit(string Unit, decimal Bytes);

    private sealed record TimeUnit(char Unit, long Seconds);
}
