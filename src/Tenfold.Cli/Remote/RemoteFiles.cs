using System.Text.RegularExpressions;
using Tenfold.App.Fetching;
using Tenfold.App.Views;
using Tenfold.Core.Artifacts;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;

namespace Tenfold.Cli.Remote;

/// <summary>The files of a run that a server has, as a store from which they are fetched. Whoever fetches them checks every file.</summary>
internal sealed partial class RemoteFiles : IStoreReader
{
    private readonly ServerClient _server;
    private readonly FilesView _listed;
    private readonly string _prefix;

    private RemoteFiles(ServerClient server, FilesView listed)
    {
        (_server, _listed) = (server, listed);
        _prefix = ArtifactManifest.FilesKey(listed.Attempt);
    }

    /// <inheritdoc/>
    public string Url => _listed.Store;

    /// <summary>Fetches files of a run from a server.</summary>
    /// <param name="server">The server.</param>
    /// <param name="request">Which files, and where to.</param>
    /// <param name="progress">Receives the progress; null for none.</param>
    /// <param name="cancellationToken">Stops it. What has arrived is kept for the next try.</param>
    /// <returns>The fetched files; or a refusal.</returns>
    /// <exception cref="CommandException">The server refuses, or breaks off.</exception>
    public static async Task<Outcome<FetchedRun>> FetchAsync(
        ServerClient server, RunFetch request, IProgress<FetchProgress>? progress, CancellationToken cancellationToken)
    {
        var listed = await server.GetAsync(
            $"runs/{Uri.EscapeDataString(request.Run)}/files", ViewJson.Default.FilesView, cancellationToken);
        // The id becomes the name of a folder.
        if (!AttemptPattern.IsMatch(listed.Attempt) || listed.Files?.Any(file => file.SizeBytes < 0) == true)
            throw ViewRecords.Unprintable();
        return await RunFetcher.FetchAsync(
            new RemoteFiles(server, listed), listed.Attempt, request, ProcessServices.OpenOutputs(), progress, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<byte[]?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        if (key != ArtifactManifest.ManifestKey(_listed.Attempt) || _listed.Files is not { } files) return Task.FromResult<byte[]?>(null);
        var manifest = new ArtifactManifest
        {
            Schema = _listed.Schema ?? ArtifactManifest.CurrentSchema,
            Files =
            [
                .. files.Select(file => new ArtifactFile
                {
                    Path = file.Path,
                    SizeBytes = file.SizeBytes,
                    Sha256 = file.Sha256,
                    Executable = file.Executable,
                }),
            ],
        };
        return Task.FromResult<byte[]?>(manifest.ToJson());
    }

    /// <inheritdoc/>
    public Task<Stream?> OpenReadAsync(string key, CancellationToken cancellationToken)
    {
        if (!key.StartsWith(_prefix, StringComparison.Ordinal)) return Task.FromResult<Stream?>(null);
        var run = Uri.EscapeDataString(RunNames.RunOf(_listed.Attempt));
        var path = $"runs/{run}/files/content?attempt={_listed.Attempt[(RunNames.RunOf(_listed.Attempt).Length + 1)..]}"
            + $"&path={Uri.EscapeDataString(key[_prefix.Length..])}";
        return Task.FromResult<Stream?>(new RemoteFile(_server, path));
    }

    [GeneratedRegex(@"\A[A-Za-z0-9]{1,40}(-[tc][0-9]{1,9})?-[0-9]{1,9}-[0-9]{1,9}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex AttemptPattern { get; }
}
