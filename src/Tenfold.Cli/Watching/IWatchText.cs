using Tenfold.App.Watching;

namespace Tenfold.Cli.Watching;

/// <summary>Shows what a watch observes: as a picture for a terminal, or as lines of news for a log.</summary>
/// <typeparam name="TSnapshot">What an observation returns.</typeparam>
internal interface IWatchText<TSnapshot>
    where TSnapshot : WatchSnapshot
{
    /// <summary>Says in a few words what continues when the user leaves.</summary>
    string Leaving { get; }

    /// <summary>The present state, as lines for a terminal.</summary>
    IReadOnlyList<string> Picture(TSnapshot snapshot);

    /// <summary>What has happened since the last call, one line for each event.</summary>
    IEnumerable<string> News(TSnapshot snapshot);
}
