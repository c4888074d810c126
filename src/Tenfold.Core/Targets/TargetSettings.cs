using System.Text.Json;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Tuning;

namespace Tenfold.Core.Targets;

/// <summary>A target as <c>tenfold.yaml</c> has it. The adapter of its kind knows what the options mean.</summary>
/// <param name="Kind">Which adapter runs it.</param>
/// <param name="Options">The options that were written, by key; each checked against what the kind knows.</param>
public sealed record TargetSettings(TargetKind Kind, IReadOnlyDictionary<string, ParameterValue> Options)
{
    /// <summary>A text option; null when it was not written.</summary>
    public string? Text(string key) => (Options.GetValueOrDefault(key) as TextValue)?.Value;

    /// <summary>A whole-number option; null when it was not written.</summary>
    public long? Whole(string key) => (Options.GetValueOrDefault(key) as IntegerValue)?.Value;

    /// <summary>A true-or-false option; null when it was not written.</summary>
    public bool? Flag(string key) => (Options.GetValueOrDefault(key) as BooleanValue)?.Value;

    /// <summary>An option that is a list of texts; empty when it was not written.</summary>
    public IReadOnlyList<string> Texts(string key) =>
        Options.GetValueOrDefault(key) is ListValue list ? [.. list.Items.Select(item => item.Text)] : [];

    /// <summary>The options as a JSON object, as a group's record keeps them.</summary>
    public JsonElement ToJson()
    {
        using var json = JsonDocument.Parse(Parameters.From(Options).ToJson());
        return json.RootElement.Clone();
    }

    /// <summary>The settings that a group's record keeps.</summary>
    /// <exception cref="JsonException">The record is of another program.</exception>
    public static TargetSettings From(TargetSpec spec) => Enum.TryParse<TargetKind>(spec.Kind, ignoreCase: true, out var kind)
        ? new TargetSettings(kind, Parameters.FromJson(spec.Options.GetRawText()))
        : throw new JsonException($"there is no target of the kind '{spec.Kind}'");
}

/// <summary>The kinds of target.</summary>
public enum TargetKind
{
    /// <summary>This machine.</summary>
    Local,

    /// <summary>A Slurm cluster.</summary>
    Slurm,

    /// <summary>AWS Batch.</summary>
    Batch,

    /// <summary>Amazon SageMaker training jobs.</summary>
    SageMaker,

    /// <summary>Amazon EC2 machines, one a run.</summary>
    Ec2,

    /// <summary>Kaggle kernels.</summary>
    Kaggle,

    /// <summary>Google Vertex AI custom jobs.</summary>
    Vertex,
}
