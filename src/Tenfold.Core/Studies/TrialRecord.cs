using System.Text.Json;
using Tenfold.Core.Reasons;

namespace Tenfold.Core.Studies;

/// <summary>A trial as the ledger has it: one point of a study, and what came of it.</summary>
public sealed record TrialRecord
{
    /// <summary>The study.</summary>
    public required string Study { get; init; }

    /// <summary>Its number in the study, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>Its settings of the space's parameters, as a JSON object.</summary>
    public required JsonElement Parameters { get; init; }

    /// <summary>What chose the point: a method's name, <c>start</c> or <c>again</c>.</summary>
    public required string Method { get; init; }

    /// <summary>Why, in a few plain words.</summary>
    public required string Reason { get; init; }

    /// <summary>The seed of its runs' seeds.</summary>
    public required long Seed { get; init; }

    /// <summary>When it was asked.</summary>
    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>The group of its runs; null when somebody else runs it.</summary>
    public string? Group { get; init; }

    /// <summary>The trial whose point this one tries again, since that one was lost; null for a new point.</summary>
    public int? Again { get; init; }

    /// <summary>Where it stands.</summary>
    public TrialState State { get; init; }

    /// <summary>Its values, one of each run that counts; empty before it is told, and when it has none.</summary>
    public IReadOnlyList<double> Values { get; init; } = [];

    /// <summary>Why it is in this state; null when there is nothing to say.</summary>
    public Reason? Why { get; init; }

    /// <summary>When it was told; null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The mean of its values; null when it has none.</summary>
    public double? Value => Values.Count > 0 ? Values.Average() : null;
}

/// <summary>What is told of a trial.</summary>
/// <param name="Study">The study.</param>
/// <param name="Number">The trial.</param>
/// <param name="State">What it came to: a final state.</param>
/// <param name="Values">Its values; finite.</param>
/// <param name="Why">Why; null when there is nothing to say.</param>
/// <param name="At">When it ended.</param>
public sealed record TrialTell(string Study, int Number, TrialState State, IReadOnlyList<double> Values, Reason? Why, DateTimeOffset At);

/// <summary>That a trial reached a rung, and what was decided there.</summary>
/// <param name="Number">The trial.</param>
/// <param name="Rung">The rung's step.</param>
/// <param name="Value">The metric there, in its own unit and direction.</param>
/// <param name="At">When it was seen.</param>
/// <param name="IsPruned">True when it was ended there.</param>
/// <param name="Against">What it was measured against, in the metric's unit; null when too few had come that far.</param>
public sealed record RungRecord(int Number, long Rung, double Value, DateTimeOffset At, bool IsPruned, double? Against);
