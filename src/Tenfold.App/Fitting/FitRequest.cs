using Tenfold.Core.Queueing;

namespace Tenfold.App.Fitting;

/// <summary>What a user asks for with <c>tenfold fit</c>.</summary>
public sealed record FitRequest
{
    /// <summary>A script in a folder without a <c>tenfold.yaml</c>, or a project's folder; null for the project in this folder.</summary>
    public string? Script { get; init; }

    /// <summary>Parameters, each <c>name=value</c>.</summary>
    public IReadOnlyList<string> Parameters { get; init; } = [];

    /// <summary>Environment variables, each <c>NAME=value</c>, or <c>NAME</c> for the shell's value.</summary>
    public IReadOnlyList<string> Variables { get; init; } = [];

    /// <summary>How many runs; null for what <c>tenfold.yaml</c> says.</summary>
    public int? Repeat { get; init; }

    /// <summary>The base seed; default 0, so that groups share their seeds and can be compared in pairs.</summary>
    public long Seed { get; init; }

    /// <summary>The sources of variance to vary; null to vary the seed alone, as repeats do.</summary>
    public IReadOnlyList<string>? Vary { get; init; }

    /// <summary>The target's name; null for this machine.</summary>
    public string? On { get; init; }

    /// <summary>How many runs at once; null for as many as the machine has room for.</summary>
    public int? Parallel { get; init; }

    /// <summary>A prefix of the id of the group or run to repeat; null to plan from the project.</summary>
    public string? Like { get; init; }

    /// <summary>The metric, as <c>name</c>, <c>name:maximize</c> or <c>name:minimize</c>; null for the project's.</summary>
    public string? Metric { get; init; }

    /// <summary>What the runs' machines may cost together in US dollars; null for what <c>tenfold.yaml</c> says.</summary>
    public decimal? MaxUsd { get; init; }

    /// <summary>How urgent the runs are. Default: <see cref="RunPriority.Normal"/>.</summary>
    public RunPriority Priority { get; init; } = RunPriority.Normal;

    /// <summary>The id of the group, chosen before it is planned; null for a new one.</summary>
    public string? GroupId { get; init; }

    /// <summary>True to plan and store nothing: what would be stored is only computed.</summary>
    public bool IsTrial { get; init; }

    /// <summary>True for a sweep, which gives values to parameters that have none.</summary>
    public bool IsSweep { get; init; }
}
