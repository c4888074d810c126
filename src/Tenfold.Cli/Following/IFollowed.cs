namespace Tenfold.Cli.Following;

/// <summary>Something that goes on by itself and can be watched: a group, a study.</summary>
internal interface IFollowed
{
    /// <summary>Its name, for <c>tenfold show</c>.</summary>
    string Id { get; }

    /// <summary>How much of it has come to an end: as long as that grows, all is well.</summary>
    int Ended { get; }

    /// <summary>What could not be looked at the last time, and why; it is tried again.</summary>
    IReadOnlyList<string> Faults { get; }

    /// <summary>True when looking asks another machine's scheduler, which should not be asked as often as this machine.</summary>
    bool IsFarAway { get; }

    /// <summary>What pressing <c>d</c> means, in a few words: what goes on.</summary>
    string Leaving { get; }

    /// <summary>Looks once, and does what it takes to go on.</summary>
    /// <returns>True once all of it has ended.</returns>
    Task<bool> LookAsync(CancellationToken cancellationToken);

    /// <summary>How it gets on, as lines for a terminal.</summary>
    IReadOnlyList<string> Picture();

    /// <summary>What has come to an end since this was asked last, a line each.</summary>
    IEnumerable<string> News();

    /// <summary>Cancels what has not ended.</summary>
    Task CancelAsync(CancellationToken cancellationToken);
}
