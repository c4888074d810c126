using System.Text.Json;
using Tenfold.Core.Commands;
using Tenfold.Core.Input;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Projects.Yaml;

namespace Tenfold.Projects;

/// <summary>Reads <c>-p name=value</c> arguments and checks them against the declared parameters.</summary>
public static class ParameterArguments
{
    private const string Null = "null";

    /// <summary>
    /// Sets values from <c>-p name=value</c> arguments. Each is checked against the declared name and type. A parameter without a value
    /// is a fault.
    /// </summary>
    /// <param name="declared">The parameters that <c>tenfold.yaml</c> declares.</param>
    /// <param name="arguments">The text after each <c>-p</c>.</param>
    /// <param name="anyName">True to accept undeclared names, as without a <c>tenfold.yaml</c>.</param>
    public static Checked<Parameters> Merge(this Parameters declared, IEnumerable<string> arguments, bool anyName = false)
    {
        var merged = Apply(declared, arguments, anyName, out var faults);
        faults.AddRange(merged.Missing.Select(name =>
            new Fault($"-p {name}", 0, 0, $"parameter '{name}' has no value in tenfold.yaml; give one: -p {name}=…")));
        return faults.Count == 0 ? Checked<Parameters>.Of(merged) : Checked<Parameters>.Of(faults);
    }

    /// <summary>Like <see cref="Merge"/>, but parameters may remain without a value, because the sweep provides it.</summary>
    public static Checked<Parameters> Override(this Parameters declared, IEnumerable<string> arguments)
    {
        var merged = Apply(declared, arguments, anyName: false, out var faults);
        return faults.Count == 0 ? Checked<Parameters>.Of(merged) : Checked<Parameters>.Of(faults);
    }

    /// <summary>The parameter that an argument names; the whole text when it has no <c>=</c>.</summary>
    /// <param name="argument">The text after <c>-p</c>.</param>
    public static string NameIn(string argument) => argument.Split('=')[0].Trim();

    private static Parameters Apply(Parameters declared, IEnumerable<string> arguments, bool anyName, out List<Fault> faults)
    {
        faults = [];
        var given = new HashSet<string>(StringComparer.Ordinal);
        var merged = declared;
        foreach (var argument in arguments)
        {
            var place = $"-p {Excerpt.Bare(argument)}";
            var (message, suggestion) = Split(argument, anyName ? merged : declared, anyName, out var name, out var value);
            if (message is null && !given.Add(name)) message = $"'{name}' is given twice; keep one";
            if (message is null) merged = Set(merged, declared, name, value, out message, out suggestion);
            if (message is not null) faults.Add(new Fault(place, 0, 0, message, suggestion));
        }

        return merged;
    }

    private static (string? Message, string? Suggestion) Split(string argument, Parameters declared, bool anyName, out string name,
        out string value)
    {
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        name = NameIn(argument);
        value = equals < 0 ? "" : argument[(equals + 1)..];
        if (equals < 0) return ($"no '=' in {Excerpt.Of(argument)}; write -p name=value", null);
        if (ParameterNames.Fault(name) is { } fault) return ($"{Excerpt.Of(name)} cannot name a parameter: {fault}", null);
        if (ParameterNames.Reserved.Contains(name)) return ($"'{name}' is set by Tenfold for each run and cannot be set with -p", null);
        if (declared.ContainsKey(name)) return (null, null);
        if (anyName) return (Clash(name, declared.Keys), null);
        var known = declared.Count == 0
            ? "train.params in tenfold.yaml declares none; add it there"
            : $"train.params in tenfold.yaml declares {Excerpt.Bare(string.Join(", ", declared.Keys), longest: 400)}";
        return ($"unknown parameter '{name}': {known}", Nearest.To(name, declared.Keys));
    }

    // Two names that differ only in case or in a character that no variable's name has would be one variable, as in the file.
    private static string? Clash(string name, IEnumerable<string> others)
    {
        var suffix = EnvironmentNames.Suffix(name);
        return others.FirstOrDefault(other => EnvironmentNames.Suffix(other) == suffix) is { } other
            ? $"'{name}' and '{other}' would be the same environment variable ({EnvironmentNames.OfParameter(name)}); rename one of them"
            : null;
    }

    private static Parameters Set(Parameters merged, Parameters declared, string name, string text, out string? message,
        out string? suggestion)
    {
        var type = declared.GetValueOrDefault(name) ?? RequiredValue.Instance;
        // A text may be the word. Where nothing is declared, the word is a text too.
        var isNull = text == Null && declared.ContainsKey(name) && type is not TextValue;
        var reading = isNull ? Reading.Of<ParameterValue>(NullValue.Instance) : Read(type, text);
        suggestion = reading.Suggestion;
        message = reading.Ok ? null
            : (type is RequiredValue or NullValue ? $"{name} can't be {Excerpt.Of(text)}"
                : $"{name} must be {type.TypeWords}, not {Excerpt.Of(text)}")
            + (reading.Why is null ? "" : $": {reading.Why}");
        return reading.Ok ? merged.With(name, reading.Value!) : merged;
    }

    private static Reading<ParameterValue> Read(ParameterValue declared, string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
            return Reading.Fail<ParameterValue>("a command line can't contain a NUL character");
        return declared switch
        {
            TextValue => Reading.Of<ParameterValue>(new TextValue(text)),
            ListValue => List(text),
            RequiredValue or NullValue => Any(text),
            _ => Typed(declared, CoreSchema.Resolve(text)),
        };
    }

    private static Reading<ParameterValue> Typed(ParameterValue declared, Reading<ParameterValue> reading) =>
        (declared, reading.Value) switch
        {
            (_, null) => reading,
            (IntegerValue, IntegerValue) or (NumberValue, NumberValue) or (BooleanValue, BooleanValue) => reading,
            (NumberValue, IntegerValue whole) => Reading.Of<ParameterValue>(new NumberValue(whole.Value)),
            (IntegerValue, NumberValue) =>
                Reading.Fail<ParameterValue>($"tenfold.yaml has {declared.Text}; write {declared.Text}.0 there to allow fractions"),
            _ => Reading.Fail<ParameterValue>($"tenfold.yaml has {declared.Text}"),
        };

    private static Reading<ParameterValue> Any(string text)
    {
        if (text.StartsWith('[') && List(text) is { Ok: true } list) return list;
        var value = CoreSchema.Resolve(text).Value;
        // Nothing says which type is meant. So a text becomes a number, true or false only where the script gets it as it was typed.
        var hasBase = text.Contains("0x", StringComparison.Ordinal) || text.Contains("0o", StringComparison.Ordinal);
        if (value is null or RequiredValue || hasBase)
            return Reading.Of<ParameterValue>(new TextValue(text));
        return value.Text == text
            ? Reading.Of(value)
            : Reading.Fail<ParameterValue>($"it may be meant as {value.TypeWords} or as a text; write {value.Text}, "
                + "or give the parameter a text in train.params of tenfold.yaml, which passes every text as it is");
    }

    private static Reading<ParameterValue> List(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return ParameterJson.Read(document.RootElement) is ListValue list
                ? Reading.Of<ParameterValue>(list)
                : Reading.Fail<ParameterValue>("a list of numbers, texts, true and false, as JSON: [16, 32]");
        }
        catch (JsonException)
        {
            return Reading.Fail<ParameterValue>("it must be JSON, in quotes for the shell: '[16, 32]'");
        }
    }
}
