using Tenfold.App.Sweeping;
using Tenfold.App.Views;
using Tenfold.App.Watching;
using Tenfold.Core.Studies;

namespace Tenfold.Cli.Sweeping;

/// <summary>Drives studies: this program, or a server.</summary>
internal interface IStudyHost
{
    /// <summary>Observes studies in this pace.</summary>
    WatchLoop Loop { get; }

    /// <summary>Watches a study, and drives it if nobody else does.</summary>
    IWatch<StudySnapshot> Watch(StudyRecord study);

    /// <summary>Loads what a study has found.</summary>
    /// <returns>The result; and what a server told of it, null without a server.</returns>
    Task<(StudyResult Result, StudyResultView? Told)> LoadAsync(string study, CancellationToken cancellationToken);

    /// <summary>Says in a few words what continues when the user leaves.</summary>
    string Leaving(string study);

    /// <summary>Tells a user who has left what continues, and which commands come next.</summary>
    string Left(string study);

    /// <summary>The commands that come after the end of a study.</summary>
    IReadOnlyList<string> Next(StudyRecord study);
}
