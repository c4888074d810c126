using System.Text.Json;
using System.Text.Json.Serialization;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Core.Runs;

/// <summary>
/// The sources of variance that the runs of a group vary. The runs come in blocks: a base run, for which every source is drawn anew, and
/// for each source a run that differs from the base run in that source only.
/// </summary>
/// <param name="Sources">The sources; at least two, each with another name.</param>
/// <remarks>What a run gets follows from the group's base seed and the run's repeat, so a retry or a rerun gets the same.</remarks>
public sealed record Variation(IReadOnlyList<VariedSource> Sources) : IJsonOnDeserialized
{
    /// <summary>The source that is each run's seed.</summary>
    public const string Seed = "seed";

    /// <summary>The source in which nothing changes: the run is repeated on whichever machine it gets.</summary>
    public const string Hardware = "hardware";

    /// <summary>The smallest number of blocks that says something.</summary>
    public const int FewestBlocks = 3;

    /// <summary>How many runs a block has.</summary>
    [JsonIgnore]
    public int BlockSize => Sources.Count + 1;

    /// <summary>The block of a run, from 0.</summary>
    /// <param name="repeat">The run's repeat, from 1.</param>
    public int BlockOf(int repeat) => (repeat - 1) / BlockSize;

    /// <summary>The source in which a run differs from its base run; null for a base run.</summary>
    /// <param name="repeat">The run's repeat, from 1.</param>
    public VariedSource? SourceOf(int repeat) => (repeat - 1) % BlockSize is > 0 and var position ? Sources[position - 1] : null;

    /// <summary>What is drawn anew for a run, in a word: the name of a source, or <c>all</c> for a base run.</summary>
    /// <param name="repeat">The run's repeat, from 1.</param>
    public string WordOf(int repeat) => SourceOf(repeat)?.Name ?? "all";

    /// <summary>The seed of a run.</summary>
    /// <param name="baseSeed">The group's base seed.</param>
    /// <param name="repeat">The run's repeat, from 1.</param>
    /// <returns>The same seed for all runs when the seed is not varied.</returns>
    public long SeedOf(long baseSeed, int repeat) =>
        SeedSequence.Derive(baseSeed, Sources.Any(source => source.Name == Seed) ? DrawOf(Seed, repeat) : 1);

    /// <summary>The parameters of a run.</summary>
    /// <param name="parameters">The group's parameters, a JSON object.</param>
    /// <param name="baseSeed">The group's base seed.</param>
    /// <param name="repeat">The run's repeat, from 1.</param>
    public JsonElement ParametersOf(JsonElement parameters, long baseSeed, int repeat)
    {
        var own = Parameters.FromJson(parameters.GetRawText());
        foreach (var source in Sources.Where(source => source.Parameter is not null))
        {
            var value = SeedSequence.Derive(baseSeed, DrawOf(source.Name, repeat), source.Name);
            own = own.With(source.Parameter!, new IntegerValue(value));
        }

        return JsonElement.Parse(own.ToJson());
    }

    /// <inheritdoc/>
    void IJsonOnDeserialized.OnDeserialized()
    {
        if (Sources is null || Sources.Count < 2 || Sources.Any(source => source?.Name is null))
            throw new JsonException("a variation needs at least two sources");
    }

    // Each block has two draws of every source: one for its base run, and one for the run that differs in that source.
    private int DrawOf(string source, int repeat) => 2 * BlockOf(repeat) + (SourceOf(repeat)?.Name == source ? 2 : 1);
}

/// <summary>A source of variance.</summary>
/// <param name="Name">Its name: <see cref="Variation.Seed"/>, <see cref="Variation.Hardware"/>, or one that the project declares.</param>
/// <param name="Parameter">The parameter by which the script receives its draws; null for the seed and the hardware.</param>
public sealed record VariedSource(string Name, string? Parameter = null);
