using Tenfold.App;
using Tenfold.App.Sweeping;
using Tenfold.App.Views;
using Tenfold.App.Watching;
using Tenfold.Core.Studies;

namespace Tenfold.Cli.Sweeping;

/// <summary>Drives studies of this machine's ledger as long as the command runs.</summary>
/// <param name="services">The services of this home.</param>
internal sealed class StudiesHere(Services services) : IStudyHost
{
    /// <inheritdoc/>
    public WatchLoop Loop => new(services.Time, services.Home);

    /// <inheritdoc/>
    public IWatch<StudySnapshot> Watch(StudyRecord study) => new StudyWatch(services, study);

    /// <inheritdoc/>
    public async Task<(StudyResult Result, StudyResultView? Told)> LoadAsync(string study, CancellationToken cancellationToken) =>
        (await StudyResult.LoadAsync(services, study, cancellationToken), null);

    /// <inheritdoc/>
    public string Leaving(string study) => $"running trials continue, and `tenfold sweep --resume {study}` asks for more";

    /// <inheritdoc/>
    public string Left(string study) =>
        $"running trials continue; to ask for more: tenfold sweep --resume {study}    to end the study: tenfold cancel {study}";

    /// <inheritdoc/>
    public IReadOnlyList<string> Next(StudyRecord study) =>
    [
        $"tenfold report {study.Id} -o sweep.html", $"tenfold show {study.Id}",
        .. study.Spec.HasFront ? Array.Empty<string>() : [$"tenfold study best {study.Id}"],
    ];
}
