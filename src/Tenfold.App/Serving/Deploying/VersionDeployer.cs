using System.Security.Cryptography;
using Tenfold.App.Serving.Checking;
using Tenfold.App.Serving.Preparing;
using Tenfold.App.Serving.Replicas;
using Tenfold.Core.Artifacts;
using Tenfold.Core.Input;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Versions;
using Tenfold.Projects;

namespace Tenfold.App.Serving.Deploying;

/// <summary>
/// Deploys a run's model as a version: checks that it serves, and records it. A deploy that fails leaves nothing, and can be repeated.
/// </summary>
/// <param name="services">The services of this home.</param>
/// <param name="place">Where the version runs; null when gateways start its processes.</param>
public sealed class VersionDeployer(Services services, IVersionPlace? place = null)
{
    private const int SaltBytes = 16;

    /// <summary>Deploys a version.</summary>
    /// <param name="request">What to deploy.</param>
    /// <param name="progress">Called with each result of the check as it comes; null for nothing.</param>
    /// <param name="cancellationToken">Stops it; nothing is left then.</param>
    /// <returns>
    /// The version, which is recorded; or a refusal, with nothing recorded: AlreadyExists for a version of that name; NotPassed when the
    /// check or the gate is not passed; BadInput or NotFound when the run can't be deployed.
    /// </returns>
    public async Task<Outcome<DeployedVersion>> DeployAsync(
        DeployRequest request, Action<RuleResult>? progress, CancellationToken cancellationToken)
    {
        if (!VersionNames.IsValid(request.Version))
            return Refusal.BadInput($"'{Excerpt.Bare(request.Version)}' is no name of a version: {VersionNames.Rule}");
        if (request.Model is { } given && !VersionNames.IsValid(given))
            return Refusal.BadInput($"'{Excerpt.Bare(given)}' is no name of a model: {VersionNames.Rule}");
        return request.Address is { } address
            ? await DeployServiceAsync(request, address, progress, cancellationToken)
            : await DeployRunAsync(request, progress, cancellationToken);
    }

    private async Task<Outcome<DeployedVersion>> DeployRunAsync(
        DeployRequest request, Action<RuleResult>? progress, CancellationToken cancellationToken)
    {
        if (!(await services.Ids.ResolveRunAsync(request.Run!, cancellationToken)).Succeeded(out var run, out var refusal)) return refusal;
        if (run.State != RunState.Succeeded)
        {
            return Refusal.BadInput(
                $"{run.Id} is {run.State.ToString().ToLowerInvariant()}, and only a run that succeeded can be deployed");
        }

        var group = (await services.Ledger.FindGroupAsync(run.Group, cancellationToken))!;
        var model = request.Model ?? group.Spec.Project;
        if (await FindTakenAsync(model, request.Version, cancellationToken) is { } taken) return taken;
        if (!services.StoreOf(group).Succeeded(out var store, out refusal)) return refusal;
        if (!(await HashManifestAsync(run, store, cancellationToken)).Succeeded(out var manifest, out refusal)) return refusal;

        await using var owner = await ReplicaOwner.OpenAsync(
            VersionPreparer.Home(services), services.SearchPath, services.Time);
        if (!(await SnapshotServing.ReadAsync(
            store, group.Spec.Snapshot, Path.Combine(owner.Folder, "snapshot"), run.Id, cancellationToken))
            .Succeeded(out var serving, out refusal)) return refusal;
        string? verdict = null;
        if (serving.Serve.Gate is { } gate
            && !(await new DeployGate(services).PassAsync(gate, model, run.Id, cancellationToken)).Succeeded(out verdict, out refusal))
            return refusal;

        var version = Version(request, model) with
        {
            Run = ServedRunOf(run, group, manifest, serving.Serve, request.Replicas),
            InputSchema = serving.Input,
            Limits = LimitsOf(serving.Serve),
        };
        if (!(await CheckAsync(version, serving, owner, progress, cancellationToken)).Succeeded(out var results, out refusal))
            return refusal;
        return place is null
            ? await RecordAsync(version, verdict, results, cancellationToken)
            : await StartAndRecordAsync(place, version, request, store, verdict, results, cancellationToken);
    }

    private async Task<Outcome<DeployedVersion>> StartAndRecordAsync(
        IVersionPlace where, ModelVersion version, DeployRequest request, IStore store, string? verdict, IReadOnlyList<RuleResult> results,
        CancellationToken cancellationToken)
    {
        if (!(await where.StartAsync(version, request, store, cancellationToken)).Succeeded(out var started, out var refusal))
            return refusal;
        var isRecorded = false;
        try
        {
            var recorded = await RecordAsync(started, verdict, results, cancellationToken);
            isRecorded = recorded.Succeeded(out _, out _);
            return recorded;
        }
        finally
        {
            if (!isRecorded) await where.RemoveAsync(started);
        }
    }

    // Nothing starts a service that runs already, so its check only warns: the service may have a contract of its own.
    private async Task<Outcome<DeployedVersion>> DeployServiceAsync(
        DeployRequest request, Uri address, Action<RuleResult>? progress, CancellationToken cancellationToken)
    {
        if (request.Model is not { } model) return Refusal.BadInput("a service has no project: give the model's name with --model");
        if (address.Scheme is not ("http" or "https")) return Refusal.BadInput($"{address} is no http:// or https:// address");
        if (address.UserInfo.Length > 0)
            return Refusal.BadInput("the address contains a password, which would be recorded: remove it, and give the service a proxy");
        if (await FindTakenAsync(model, request.Version, cancellationToken) is { } taken) return taken;
        var ping = await PingProbe.AskAsync(address, new ReplicaOptions().PingTimeout * 5, services.Time, cancellationToken);
        if (!ping.HasStatus)
            return Refusal.Unavailable($"{address} does not answer ({ping.Words}): start the service, then deploy it");
        var results = await new ConformanceCheck(new ConformanceOptions(), services.Time, progress).RunAsync(address, cancellationToken);
        return await RecordAsync(Version(request, model) with { Address = address }, null, results, cancellationToken);
    }

    private async Task<Outcome<IReadOnlyList<RuleResult>>> CheckAsync(
        ModelVersion version, SnapshotServing serving, ReplicaOwner owner, Action<RuleResult>? progress,
        CancellationToken cancellationToken)
    {
        if (!(await new VersionPreparer(services).PrepareAsync(
            version, owner, cancellationToken, Path.Combine(owner.Folder, "logs"))).Succeeded(out var prepared, out var refusal))
            return refusal;
        using var lease = prepared.Lease;
        var options = new ConformanceOptions
        {
            // An array that is null would become an empty body, and not none.
            Sample = serving.Sample is { } sample ? sample : default(ReadOnlyMemory<byte>?),
            Test = serving.Serve.Test,
            StartTimeout = serving.Serve.StartTimeout,
            Timeout = serving.Serve.Timeout,
        };
        var results = await new ConformanceCheck(options, services.Time, progress).RunAsync(prepared, owner, cancellationToken);
        var failed = results.Where(result => result.Verdict == RuleVerdict.Failed).ToList();
        if (failed.Count == 0) return Outcome.Of(results);
        var lines = failed.Select(result => $"{result.Title}: {result.Detail}");
        return Refusal.NotPassed(
            $"{version.Model} {version.Version} breaks the container contract, so it is not deployed\n  {string.Join("\n  ", lines)}");
    }

    private async Task<Outcome<DeployedVersion>> RecordAsync(
        ModelVersion version, string? verdict, IReadOnlyList<RuleResult> results, CancellationToken cancellationToken)
    {
        var salt = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SaltBytes));
        if (!await services.Versions.AddVersionAsync(version, salt, cancellationToken))
            return Taken(version.Model, version.Version, "another process has deployed it meanwhile");
        var route = (await services.Versions.ListRoutesAsync(cancellationToken)).FirstOrDefault(route => route.Model == version.Model);
        return new DeployedVersion(version, route?.Shares().GetValueOrDefault(version.Version) ?? 0, verdict, results);
    }

    private async Task<Refusal?> FindTakenAsync(string model, string version, CancellationToken cancellationToken)
    {
        if (!VersionNames.IsValid(model))
            return Refusal.BadInput($"'{Excerpt.Bare(model)}' is no name of a model: {VersionNames.Rule}; give one with --model");
        var known = (await services.Versions.ListVersionsAsync(model, cancellationToken)).FirstOrDefault(one => one.Version == version);
        return known is null ? null : Taken(model, version, known.State switch
        {
            VersionState.Reverted => "it was reverted",
            VersionState.Purged => "it was purged, and its name is not used again",
            _ => "versions never change",
        });
    }

    private static Refusal Taken(string model, string version, string why) =>
        Refusal.AlreadyExists($"{model} {version} exists ({why}): choose another version; `tenfold versions {model}` lists them");

    private static async Task<Outcome<string>> HashManifestAsync(RunRecord run, IStore store, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(ArtifactManifest.ManifestKey(run.Attempt), cancellationToken) is not { } stored)
            return Refusal.NotFound($"the artifacts of {run.Id} are not in {store.Url}: they were removed");
        if (ArtifactManifest.FromJson(stored) is not { } manifest)
            return Refusal.Damaged($"the manifest of {run.Id} in {store.Url} is damaged: run it again");
        if (!manifest.Files.Any(file => file.Path.StartsWith("model/", StringComparison.Ordinal)))
        {
            return Refusal.BadInput(
                $"{run.Id} left no model: write it to $TENFOLD_MODEL_DIR in the training script, and run it again");
        }

        return Convert.ToHexStringLower(SHA256.HashData(stored));
    }

    private ModelVersion Version(DeployRequest request, string model)
    {
        var now = services.Time.GetUtcNow();
        return new ModelVersion
        {
            Model = model,
            Version = request.Version,
            DeployedAt = now,
            DeployedBy = services.Session.Place,
            ChangedAt = now,
        };
    }

    private static ServedRun ServedRunOf(RunRecord run, GroupRecord group, string manifest, ServePart serve, int? replicas) => new()
    {
        Run = run.Id,
        Attempt = run.Attempt,
        Manifest = manifest,
        Store = group.Spec.Store,
        Spec = group.SpecOf(run.Repeat),
        Seed = run.Seed,
        GitCommit = group.GitCommit,
        GitDirty = group.GitDirty,
        Command = serve.Command,
        Replicas = replicas ?? serve.Replicas,
        StartTimeout = serve.StartTimeout,
    };

    private static ServingLimits LimitsOf(ServePart serve) => new()
    {
        Timeout = serve.Timeout,
        MaxBodyBytes = serve.MaxBodyBytes,
        Redact = serve.Redact,
    };
}
