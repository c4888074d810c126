using System.Text.Json.Nodes;
using Tenfold.App.Sweeping;
using Tenfold.App.Views;
using Tenfold.App.Watching;
using Tenfold.Cli.Sweeping;
using Tenfold.Core.Studies;

namespace Tenfold.Cli.Remote;

/// <summary>Starts studies on a server, which drives them whether or not somebody watches.</summary>
/// <param name="server">The server.</param>
internal sealed class StudiesOfServer(ServerClient server) : IStudyHost
{
    /// <inheritdoc/>
    public WatchLoop Loop => new(TimeProvider.System, home: null);

    /// <summary>Starts the sweep of the commit of a folder.</summary>
    /// <exception cref="CommandException">The commit is not pushed; or the server refuses it, or the settings.</exception>
    public async Task<StudyView> SubmitAsync(SweepRequest request, CancellationToken cancellationToken)
    {
        var body = await RemoteCommit.FindAsync(request.Folder, request.On, request.Priority, cancellationToken);
        if (request.Trials is { } trials) body["trials"] = trials;
        if (request.Parallel is { } parallel) body["parallel"] = parallel;
        if (request.Method is { } method) body["method"] = Word(method);
        if (request.Repeat is { } repeat) body["repeat"] = repeat;
        if (request.Seed is { } seed) body["seed"] = seed;
        if (request.IsUnpruned) body["prune"] = "none";
        if (request.Prune is { } prune) body["prune"] = Word(prune);
        if (request.Synchronous) body["synchronous"] = true;
        if (request.From is { } from) body["from"] = from;
        if (request.Time is not null || request.Cost is not null)
            body["budget"] = new JsonObject { ["seconds"] = request.Time?.TotalSeconds, ["usd"] = request.Cost };
        return await server.PostOnceAsync("studies", body, ViewJson.Default.StudyView, cancellationToken);
    }

    /// <summary>Lets a study go on.</summary>
    /// <param name="study">Its id, or a unique beginning of it.</param>
    /// <param name="trials">How many points it tries in all; null for as many as it had planned.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="CommandException">The server refuses.</exception>
    public Task<StudyView> ResumeAsync(string study, int? trials, CancellationToken cancellationToken)
    {
        var body = new JsonObject();
        if (trials is { } all) body["trials"] = all;
        return server.PostAsync(
            $"studies/{Uri.EscapeDataString(study)}/resume", body, ViewJson.Default.StudyView, cancellationToken);
    }

    /// <inheritdoc/>
    public IWatch<StudySnapshot> Watch(StudyRecord study) => new RemoteWatch<StudyProgressView, StudySnapshot>(
        server, study.Id, $"studies/{Uri.EscapeDataString(study.Id)}/progress", ViewJson.Default.StudyProgressView, RemoteStudy.Of);

    /// <inheritdoc/>
    public async Task<(StudyResult Result, StudyResultView? Told)> LoadAsync(string study, CancellationToken cancellationToken) =>
        await RemoteStudy.LoadAsync(server, Uri.EscapeDataString(study), cancellationToken);

    /// <inheritdoc/>
    public string Leaving(string study) => $"the server goes on, and `tenfold sweep --resume {study}` follows it again";

    /// <inheritdoc/>
    public string Left(string study) =>
        $"the server goes on with the study; to follow it: tenfold sweep --resume {study}    to end it: tenfold cancel {study}";

    /// <inheritdoc/>
    public IReadOnlyList<string> Next(StudyRecord study) =>
    [
        $"tenfold report {study.Id} -o sweep.html", $"tenfold show {study.Id}",
        .. study.Spec.HasFront ? Array.Empty<string>() : [$"tenfold study best {study.Id}"],
    ];

    private static string Word<T>(T word)
        where T : struct, Enum => word.ToString().ToLowerInvariant();
}
