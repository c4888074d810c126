namespace Tenfold.App.Fitting;

/// <summary>What a user asks of <c>tenfold fit</c>.</summary>
public sealed record FitRequest
{
    /// <summary>The script, for a folder without a <c>tenfold.yaml</c>; null to use the file.</summary>
    public string? Script { get; init; }

    /// <summary>Parameters, each <c>name=value</c>.</summary>
    public IReadOnlyList<string> Parameters { get; init; } = [];

    /// <summary>How many repeats; null for the file's.</summary>
    public int? Repeat { get; init; }

    /// <summary>The base seed; default 0, so that groups share their seeds and can be compared in pairs.</summary>
    public long Seed { get; init; }

    /// <summary>The target; null for this machine.</summary>
    public string? On { get; init; }

    /// <summary>How many run at once; null for what the machine has room for.</summary>
    public int? Parallel { get; init; }

    /// <summary>The group or run to do again; null for something new.</summary>
    public string? Like { get; init; }

    /// <summary>The metric that decides, as <c>name</c>, <c>name:maximize</c> or <c>name:minimize</c>; null for the file's.</summary>
    public string? Metric { get; init; }

    /// <summary>True when a sweep is planned: parameters may be without a value, which it gives them.</summary>
    public bool IsSweep { get; init; }
}
