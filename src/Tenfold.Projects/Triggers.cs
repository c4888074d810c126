using Tenfold.Core.Pushes;
using Tenfold.Core.Results;

namespace Tenfold.Projects;

/// <summary>What a server does when the repository of a project changes.</summary>
public sealed record Triggers
{
    /// <summary>What a push to a branch starts; null for nothing.</summary>
    public PushTrigger? Push { get; init; }

    /// <summary>What a pull request starts; null for nothing.</summary>
    public PullRequestTrigger? PullRequest { get; init; }

    /// <summary>What starts at certain times, on the newest commit of the default branch; null for nothing.</summary>
    public ScheduleTrigger? Schedule { get; init; }
}

/// <summary>What a change starts.</summary>
public record PushTrigger
{
    /// <summary>Patterns of branches: those pushed to, or those that a pull request merges into.</summary>
    public IReadOnlyList<string> Branches { get; init; } = ["main", "master"];

    /// <summary>Patterns of changed files, relative to the project's folder, or to the repository with a leading <c>/</c>.</summary>
    public IReadOnlyList<string> Paths { get; init; } = ["**"];

    /// <summary>How many runs; null for the project's <c>repeat</c>.</summary>
    public int? Repeat { get; init; }

    /// <summary>The target's name; null for the only one of the file, or this machine when the file has none.</summary>
    public string? Target { get; init; }

    /// <summary>The verdict that fails the check; null for none.</summary>
    public FailOn? FailOn { get; init; }

    /// <summary>The difference that is too small to matter, in the metric's unit; null for none.</summary>
    public double? Margin { get; init; }
}

/// <summary>What a pull request starts.</summary>
public sealed record PullRequestTrigger : PushTrigger
{
    /// <summary>What happens with pull requests from other repositories.</summary>
    public ForkPolicy Forks { get; init; }
}

/// <summary>What starts at certain times.</summary>
public sealed record ScheduleTrigger : PushTrigger
{
    /// <summary>The cron expression of five fields.</summary>
    public string Cron { get; init; } = "";

    /// <summary>The name of the time zone. Default: UTC.</summary>
    public string Zone { get; init; } = "UTC";

    /// <summary>What is done. Default: <see cref="ScheduledWork.Fit"/>.</summary>
    public ScheduledWork Work { get; init; }
}

/// <summary>What happens with pull requests from other repositories, whose authors may be anybody.</summary>
public enum ForkPolicy
{
    /// <summary>Nothing runs.</summary>
    Ignore,

    /// <summary>They run, without the secrets of the project.</summary>
    WithoutSecrets,

    /// <summary>They run as those of the repository itself.</summary>
    WithSecrets,
}

/// <summary>Where a server announces what it does.</summary>
public sealed record Notify
{
    /// <summary>The channel in Slack; null for none.</summary>
    public string? Slack { get; init; }

    /// <summary>The e-mail address; null for none.</summary>
    public string? Email { get; init; }
}
