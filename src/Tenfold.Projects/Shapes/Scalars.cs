using Tenfold.Core.Input;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Projects.Yaml;

namespace Tenfold.Projects.Shapes;

/// <summary>The shapes of scalars.</summary>
internal static class Scalars
{
    public static ScalarShape<ParameterValue> Anything { get; } = new(
        "a number, true or false, or text",
        CoreSchema.Resolve,
        json => SchemaWriter.Types(json, ["number", "string", "boolean"]));

    public static ScalarShape<object> Flag { get; } = new(
        "true or false",
        scalar => CoreSchema.Resolve(scalar).Value is BooleanValue flag ? Reading.Of<object>(flag.Value) : NotFlag(scalar),
        json => SchemaWriter.Type(json, "boolean"));

    /// <summary>Text that follows a rule.</summary>
    /// <param name="words">A description that completes "must be".</param>
    /// <param name="fault">Says what is wrong with a text; null for a valid text.</param>
    /// <param name="pattern">The rule, or a weaker one, as a regular expression for JSON Schema; null for any text.</param>
    public static ScalarShape<string> Text(string words, Func<string, string?>? fault = null, string? pattern = null) => new(
        words,
        scalar => TextOf(scalar, text => fault?.Invoke(text)),
        json => SchemaWriter.Pattern(json, pattern));

    public static ScalarShape<object> Whole(int least, int most = int.MaxValue) => new(
        most == int.MaxValue ? $"a whole number of at least {least}" : $"a whole number from {least} to {most}",
        scalar => WholeOf(scalar, least, most),
        json =>
        {
            SchemaWriter.Type(json, "integer");
            json.WriteNumber("minimum", least);
            if (most < int.MaxValue) json.WriteNumber("maximum", most);
        });

    public static ScalarShape<object> NumberAbove(double bound, double most) => new(
        $"a number above {bound} and at most {most}",
        scalar => NumberOf(scalar, value => value > bound && value <= most),
        json =>
        {
            SchemaWriter.Type(json, "number");
            json.WriteNumber("exclusiveMinimum", bound);
            json.WriteNumber("maximum", most);
        });

    public static ScalarShape<object> NumberFrom(double least) => new(
        $"a number of at least {least}",
        scalar => NumberOf(scalar, value => value >= least),
        json =>
        {
            SchemaWriter.Type(json, "number");
            json.WriteNumber("minimum", least);
        });

    /// <summary>A number. Whether it was written as a whole number is preserved.</summary>
    public static ScalarShape<ParameterValue> Number() => new(
        "a number",
        scalar => CoreSchema.Resolve(scalar) is { Ok: true, Value: IntegerValue or NumberValue } number ? number
            : Reading.Fail<ParameterValue>(CoreSchema.Resolve(scalar).Why ?? Quoted(scalar)),
        json => SchemaWriter.Type(json, "number"));

    /// <summary>One of several words.</summary>
    public static ScalarShape<object> Choice(params Choice[] choices) => new(
        Listed([.. choices.Select(choice => choice.Word)]),
        scalar =>
        {
            foreach (var choice in choices)
            {
                if (choice.Word == scalar.Text) return Reading.Of(choice.Value);
            }

            var words = choices.Select(choice => choice.Word).ToList();
            var alike = scalar.Text.Length < 3 ? null
                : words.Find(word => word.StartsWith(scalar.Text.Substring(0, 3), StringComparison.OrdinalIgnoreCase));
            return Reading.Fail<object>(suggestion: Nearest.To(scalar.Text, words) ?? alike);
        },
        json => SchemaWriter.Enum(json, choices.Select(choice => choice.Word)));

    /// <summary>The number that a value is; null for a value that is no number.</summary>
    public static double? AsNumber(ParameterValue? value) => value switch
    {
        IntegerValue whole => whole.Value,
        NumberValue number => number.Value,
        _ => null,
    };

    private static string Listed(List<string> words) =>
        words.Count == 1 ? $"'{words[0]}'" : string.Join(", ", words.Take(words.Count - 1)) + " or " + words[^1];

    private static Reading<string> TextOf(ScalarNode scalar, Func<string, string?> fault)
    {
        if (scalar.Plain && CoreSchema.Resolve(scalar) is not { Ok: true, Value: TextValue })
            return Reading.Fail<string>("YAML reads it as another type than text; put it in quotes", $"\"{scalar.Text}\"");
        if (string.IsNullOrWhiteSpace(scalar.Text)) return Reading.Fail<string>("it is empty");
        return fault(scalar.Text) is { } why ? Reading.Fail<string>(why.Length == 0 ? null : why) : Reading.Of(scalar.Text);
    }

    private static Reading<object> WholeOf(ScalarNode scalar, int least, int most)
    {
        var reading = CoreSchema.Resolve(scalar);
        if (reading.Value is IntegerValue { Value: var value } && value >= least && value <= most) return Reading.Of<object>((int)value);
        return Reading.Fail<object>(reading.Why ?? Quoted(scalar));
    }

    private static Reading<object> NumberOf(ScalarNode scalar, Func<double, bool> inRange)
    {
        var reading = CoreSchema.Resolve(scalar);
        return AsNumber(reading.Value) is { } number && inRange(number)
            ? Reading.Of<object>(number)
            : Reading.Fail<object>(reading.Why ?? Quoted(scalar));
    }

    private static string? Quoted(ScalarNode scalar) =>
        !scalar.Plain && CoreSchema.Resolve(scalar.Text) is { Ok: true, Value: IntegerValue or NumberValue or BooleanValue }
            ? "in quotes it is text; remove them" : null;

    private static Reading<object> NotFlag(ScalarNode scalar) => scalar.Text.ToUpperInvariant() switch
    {
        _ when Quoted(scalar) is { } why => Reading.Fail<object>(why),
        "YES" or "ON" or "Y" or "1" or "TRUE" => Reading.Fail<object>(suggestion: "true"),
        "NO" or "OFF" or "N" or "0" or "FALSE" => Reading.Fail<object>(suggestion: "false"),
        _ => Reading.Fail<object>(),
    };
}

/// <summary>
/// An allowed word and its value. This is a class, because a tuple would have to be compiled at every start.
/// </summary>
internal sealed record Choice(string Word, object Value);
