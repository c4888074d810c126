using System.Security.Cryptography;
using System.Text.Json;
using Tenfold.App.Serving.Deploying;
using Tenfold.Aws.Serving;
using Tenfold.Aws.Wire;
using Tenfold.Core.Store;
using Tenfold.Core.Versions;

namespace Tenfold.App.Serving.OnAws;

/// <summary>Runs versions as services of ECS: starts them, stops them, and removes them with their files.</summary>
/// <param name="place">The stack of serving.</param>
/// <param name="progress">Called with what happens, in words; null for nothing.</param>
public sealed class EcsVersions(ServingPlace place, Action<string>? progress = null) : IVersionPlace
{
    private const int ScaleFactor = 4;
    private static readonly TimeSpan RemovalLimit = TimeSpan.FromMinutes(5);

    // Longer than any deploy takes: a service that is not recorded yet may be on its way.
    private static readonly TimeSpan OldDeploy = TimeSpan.FromHours(2);

    /// <summary>How long a task that is to end still accepts requests; null for the default.</summary>
    public TimeSpan? DrainDelay { get; init; }

    /// <inheritdoc/>
    public async Task<Outcome<ModelVersion>> StartAsync(
        ModelVersion version, DeployRequest request, IStore source, CancellationToken cancellationToken)
    {
        var run = version.Run!;
        if (run.Spec.Secrets.Count > 0)
        {
            return Refusal.BadInput(
                $"{run.Run} needs the secrets {string.Join(", ", run.Spec.Secrets)}, and tasks on AWS get none yet: deploy a run without "
                + "`secrets`, or serve it elsewhere and deploy its address with --url");
        }

        if (run.Spec.Environment.Image is { } image)
        {
            return Refusal.BadInput(
                $"{run.Run} ran in the image {image}, and tasks on AWS can't start it yet: give the project a requirements.txt or "
                + "environment.yml, or run the image as a service of your own and deploy its address with --url");
        }

        if (TaskSize.Fit(request.Cpus, request.MemoryMiB) is not { } size)
            return Refusal.BadInput("Fargate has no such task: it has at most 16 vCPUs and 120 GiB of memory (--cpus, --memory)");
        var name = VersionServiceRequest.NameOf(version.Model, version.Version);
        var files = new VersionFiles(place, name);
        var isStarted = false;
        try
        {
            // An earlier deploy may have been killed half-way.
            if (await place.Versions.RemoveAsync(name, cancellationToken)) progress?.Invoke("removed what an earlier deploy has left");
            progress?.Invoke("copying the version's files to the bucket");
            var uploaded = await place.Services.ServingBundle.UploadAsync(place.Store, cancellationToken);
            if (!uploaded.Succeeded(out var program, out var refusal)) return refusal;
            if (await files.CopyAsync(run, source, cancellationToken) is { } missing) return missing;
            var placed = version with { Run = run with { Store = files.Store }, Service = name };
            var record = JsonSerializer.SerializeToUtf8Bytes(placed, VersionJson.Default.ModelVersion);
            await place.Store.WriteAsync(files.RecordKey, record, cancellationToken);
            var wanted = new VersionServiceRequest
            {
                Model = version.Model,
                Version = version.Version,
                Program = program,
                RecordKey = files.RecordKey,
                RecordSha256 = Convert.ToHexStringLower(SHA256.HashData(record)),
                Size = size,
                Tasks = run.Replicas,
                MaxTasks = Math.Max(run.Replicas, request.MaxReplicas ?? ScaleFactor * run.Replicas),
                StartTimeout = run.StartTimeout,
                Session = place.Services.Environment,
            };
            if (DrainDelay is { } delay) wanted = wanted with { DrainDelay = delay };
            Announce(wanted);
            await place.Versions.CreateAsync(wanted, cancellationToken);
            progress?.Invoke("waiting until its tasks are healthy, which takes some minutes");
            if (await place.Versions.WaitUntilHealthyAsync(name, wanted.Tasks, run.StartTimeout, cancellationToken) is { } fault)
                return Refusal.NotPassed($"{version.Model} {version.Version} does not run on AWS, so it is not deployed: {fault}");
            isStarted = true;
            return placed;
        }
        catch (AwsException e)
        {
            return e.Fault is AwsFault.Invalid or AwsFault.Limit ? Refusal.BadInput(e.Message) : Refusal.Unavailable(e.Message);
        }
        catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException)
        {
            return Refusal.CannotWrite(e.Message);
        }
        finally
        {
            if (!isStarted) await RemoveAsync(name, files);
        }
    }

    /// <inheritdoc/>
    public Task RemoveAsync(ModelVersion version) => RemoveAsync(version.Service!, new VersionFiles(place, version.Service!));

    /// <summary>Ends a version's tasks, and keeps everything else.</summary>
    /// <returns>False when it has no service any more; or Unavailable.</returns>
    public Task<Outcome<bool>> StopAsync(ModelVersion version, CancellationToken cancellationToken) =>
        ScaleAsync(version, 0, 0, cancellationToken);

    /// <summary>Starts a stopped version's tasks again.</summary>
    /// <returns>False when it has no service any more; or Unavailable.</returns>
    public Task<Outcome<bool>> StartAgainAsync(ModelVersion version, CancellationToken cancellationToken)
    {
        var replicas = version.Run?.Replicas ?? 1;
        return ScaleAsync(version, replicas, ScaleFactor * replicas, cancellationToken);
    }

    /// <summary>Removes a purged version's service, task definitions and files. Its record stays.</summary>
    /// <returns>True when there was something; or Unavailable or CannotWrite.</returns>
    public Task<Outcome<bool>> PurgeAsync(string name, CancellationToken cancellationToken) => TryAsync(async () =>
    {
        var isFound = await place.Versions.RemoveAsync(name, cancellationToken);
        await new VersionFiles(place, name).DeleteAsync(cancellationToken);
        return isFound;
    });

    /// <summary>
    /// The services that belong to no version: their deploy was killed more than two hours ago, or their version was purged.
    /// </summary>
    /// <returns>The services; or Unavailable.</returns>
    public Task<Outcome<IReadOnlyList<VersionService>>> FindLeftoversAsync(CancellationToken cancellationToken) => TryAsync(async () =>
    {
        var versions = (await place.Services.Versions.ListVersionsAsync(null, cancellationToken))
            .Where(version => version.State != VersionState.Purged)
            .Select(version => (version.Model, version.Version)).ToHashSet();
        var before = place.Services.Time.GetUtcNow() - OldDeploy;
        return (IReadOnlyList<VersionService>)
        [
            .. (await place.Versions.ListAsync(cancellationToken)).Where(service =>
                service.Status == "ACTIVE" && !versions.Contains((service.Model, service.Version)) && !(service.CreatedAt > before)),
        ];
    });

    private void Announce(VersionServiceRequest wanted)
    {
        var hour = ServingCosts.TaskPerHour(place.Region, wanted.Size);
        var price = hour is { } usd
            ? FormattableString.Invariant($"about {usd:0.0000} USD an hour, by prices of {ServingCosts.Date}")
            : $"price unknown in {place.Region}";
        progress?.Invoke(FormattableString.Invariant(
            $"starting {wanted.Tasks} to {wanted.MaxTasks} tasks with {wanted.Size.Cpus} vCPU and {wanted.Size.MemoryMiB} MiB; ")
            + $"each costs {price}");
    }

    private Task<Outcome<bool>> ScaleAsync(ModelVersion version, int tasks, int most, CancellationToken cancellationToken) =>
        version.Service is not { } name ? Task.FromResult(Outcome.Of(false))
            : TryAsync(() => place.Versions.ScaleAsync(name, tasks, most, cancellationToken));

    // Also after Ctrl-C, so it doesn't take the caller's token. What can't be removed now is removed by the next deploy, or by gc.
    private async Task RemoveAsync(string name, VersionFiles files)
    {
        using var limit = new CancellationTokenSource(RemovalLimit, place.Services.Time);
        try
        {
            await place.Versions.RemoveAsync(name, limit.Token);
            await files.DeleteAsync(limit.Token);
        }
        catch (Exception e) when (e is AwsException or StoreException or OperationCanceledException)
        {
            progress?.Invoke($"could not remove the service {name} ({e.Message}): deploy again, or run `tenfold gc --on aws`");
        }
    }

    private static async Task<Outcome<T>> TryAsync<T>(Func<Task<T>> call)
        where T : notnull
    {
        try
        {
            return await call();
        }
        catch (AwsException e)
        {
            return Refusal.Unavailable(e.Message);
        }
        catch (StoreException e)
        {
            return Refusal.CannotWrite(e.Message);
        }
    }
}
