namespace Tenfold.Aws.Stacks;

/// <summary>What destroying a stack would do.</summary>
public sealed record DestroyPlan
{
    /// <summary>The stack's name.</summary>
    public required string Stack { get; init; }

    /// <summary>The region.</summary>
    public required string Region { get; init; }

    /// <summary>CloudFormation's status; null when the stack is deleted, or never was.</summary>
    public string? Status { get; init; }

    /// <summary>True when the stack can't be deleted before somebody switches its termination protection off.</summary>
    public bool IsProtected { get; init; }

    /// <summary>The resources that exist.</summary>
    public IReadOnlyList<ReportedResource> Resources { get; init; } = [];

    /// <summary>Work that would be lost.</summary>
    public IReadOnlyList<LiveWork> Work { get; init; } = [];

    /// <summary>Where such work could not be searched for, and why.</summary>
    public IReadOnlyList<string> WorkFaults { get; init; } = [];

    /// <summary>The buckets and repositories, which outlive the stack if they contain something.</summary>
    public IReadOnlyList<Kept> Kept { get; init; } = [];

    /// <summary>Repositories of cached public images. They are deleted, since their content can be fetched again.</summary>
    public IReadOnlyList<string> Caches { get; init; } = [];

    /// <summary>True when there is nothing to do.</summary>
    public bool IsNothing => Status is null && Kept.Count == 0 && Caches.Count == 0;

    internal string? StackId { get; init; }
}

/// <summary>A bucket or a repository that outlives the stack, if it contains something.</summary>
/// <param name="Kind">Which of the two.</param>
/// <param name="Name">Its name.</param>
/// <param name="Content">What it contains.</param>
public sealed record Kept(KeptKind Kind, string Name, KeptContent Content);

/// <summary>A kind of thing that outlives a stack.</summary>
public enum KeptKind
{
    /// <summary>A bucket with artifacts.</summary>
    Bucket,

    /// <summary>A repository with images.</summary>
    Repository,
}

/// <summary>How the destruction of a stack ended.</summary>
public abstract record DestroyResult
{
    private DestroyResult()
    {
    }

    /// <summary>The stack is gone.</summary>
    /// <param name="Kept">What outlives it, because it contains something.</param>
    /// <param name="Retained">Resources that AWS could not delete. They are no part of a stack any more.</param>
    public sealed record Done(IReadOnlyList<Kept> Kept, IReadOnlyList<StackFailure> Retained) : DestroyResult;

    /// <summary>The stack is still there.</summary>
    /// <param name="Status">CloudFormation's status.</param>
    /// <param name="First">The first resource that failed; null when AWS names none.</param>
    public sealed record Failed(string Status, StackFailure? First) : DestroyResult;

    /// <summary>AWS goes on with its work, but can't be asked about it.</summary>
    /// <param name="Fault">Why AWS can't be asked.</param>
    public sealed record Unwatched(string Fault) : DestroyResult;
}
