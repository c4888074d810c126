using System.Text.Json.Serialization;

namespace Tenfold.Core.Pushes;

/// <summary>A schedule of a repository, as the newest commit of its default branch has it.</summary>
public sealed record ScheduleRecord
{
    /// <summary>The repository, as <c>server.yaml</c> names it.</summary>
    public required string Repository { get; init; }

    /// <summary>The project's folder in the repository; empty for its root.</summary>
    public required string Folder { get; init; }

    /// <summary>The cron expression.</summary>
    public required string Cron { get; init; }

    /// <summary>The time zone.</summary>
    public required string Zone { get; init; }

    /// <summary>What is done.</summary>
    public ScheduledWork Work { get; init; }

    /// <summary>The time up to which it has been done; when the schedule was first seen, until then.</summary>
    public required DateTimeOffset HandledAt { get; init; }

    /// <summary>For which time it was done last; null when it was not yet.</summary>
    public DateTimeOffset? LastDueAt { get; init; }

    /// <summary>How many times before that one were missed and not made up.</summary>
    public int Missed { get; init; }

    /// <summary>The push that stands for what was done last; null for none.</summary>
    public string? Push { get; init; }

    /// <summary>Its name: a project has one schedule.</summary>
    [JsonIgnore]
    public string Id => $"{Repository} {Folder}";

    /// <summary>True when both mean the same work at the same times.</summary>
    public bool IsLike(ScheduleRecord other) => (Id, Cron, Zone, Work) == (other.Id, other.Cron, other.Zone, other.Work);
}

/// <summary>What a schedule does.</summary>
public enum ScheduledWork
{
    /// <summary>It trains, as <c>tenfold fit</c> does.</summary>
    Fit,

    /// <summary>It searches for hyper-parameters, as <c>tenfold sweep</c> does.</summary>
    Sweep,
}
