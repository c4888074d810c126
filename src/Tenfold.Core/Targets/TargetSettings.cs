using System.Text.Json;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Core.Targets;

/// <summary>A target from <c>tenfold.yaml</c>. The adapter of its kind knows what the options mean.</summary>
/// <param name="Kind">The kind's word (<see cref="TargetKindDeclaration.Kind"/>).</param>
/// <param name="Options">The options that were written, by key. Each was checked against the kind's declaration.</param>
public sealed record TargetSettings(string Kind, IReadOnlyDictionary<string, ParameterValue> Options)
{
    /// <summary>The kind of this machine. A target of this name always exists, and is always of this kind.</summary>
    public const string LocalKind = TargetSpec.LocalKind;

    /// <summary>This machine, without options.</summary>
    public static TargetSettings Local { get; } = new(LocalKind, new Dictionary<string, ParameterValue>());

    /// <summary>The target's name in <c>tenfold.yaml</c>; null in settings that a group's record stores.</summary>
    public string? Name { get; init; }

    /// <summary>True for this machine.</summary>
    public bool IsLocal => Kind == LocalKind;

    /// <summary>A text option; null when it was not written.</summary>
    public string? Text(string key) => (Options.GetValueOrDefault(key) as TextValue)?.Value;

    /// <summary>A whole-number option; null when it was not written.</summary>
    public long? Whole(string key) => (Options.GetValueOrDefault(key) as IntegerValue)?.Value;

    /// <summary>An option that is a time; null when it was not written.</summary>
    public TimeSpan? Duration(string key) => Whole(key) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>These settings with another value of an option.</summary>
    public TargetSettings With(string key, ParameterValue value) =>
        this with { Options = new Dictionary<string, ParameterValue>(Options) { [key] = value } };

    /// <summary>A true-or-false option; null when it was not written.</summary>
    public bool? Flag(string key) => (Options.GetValueOrDefault(key) as BooleanValue)?.Value;

    /// <summary>An option that is a list of texts; empty when it was not written.</summary>
    public IReadOnlyList<string> Texts(string key) =>
        Options.GetValueOrDefault(key) is ListValue list ? [.. list.Items.Select(item => item.Text)] : [];

    /// <summary>The options as a JSON object, as a group's record stores them.</summary>
    public JsonElement ToJson()
    {
        using var json = JsonDocument.Parse(Parameters.From(Options).ToJson());
        return json.RootElement.Clone();
    }

    /// <summary>The settings that a group's record stores, of whatever kind.</summary>
    /// <exception cref="JsonException">The options are not a JSON object of parameter values.</exception>
    public static TargetSettings From(TargetSpec spec) => new(spec.Kind, Parameters.FromJson(spec.Options.GetRawText()));
}
