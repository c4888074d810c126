using System.Security.Cryptography;
using System.Text.Json;
using Tenfold.App.Serving.Deploying;
using Tenfold.Aws.Serving;
using Tenfold.Aws.Wire;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Core.Versions;

namespace Tenfold.App.Serving.OnAws;

/// <summary>Runs versions as services of ECS: starts them, stops them, and removes them with their files.</summary>
/// <param name="place">The stack of serving.</param>
/// <param name="progress">Called with what happens, in words; null for nothing.</param>
public sealed class EcsVersions(ServingPlace place, Action<string>? progress = null) : IVersionPlace
{
    private const int ScaleFactor = 4;
    private static readonly TimeSpan RemovalLimit = TimeSpan.FromMinutes(5);

    /// <summary>The program with which tasks begin, which is in the store; null for this program, which is uploaded.</summary>
    public AgentArchive? Program { get; init; }

    /// <summary>Longer than any deploy takes: what is not recorded yet may be on its way. Default: two hours.</summary>
    public TimeSpan DeployLimit { get; init; } = TimeSpan.FromHours(2);

    /// <summary>How long a task that is to end still accepts requests; null for the default.</summary>
    public TimeSpan? DrainDelay { get; init; }

    /// <inheritdoc/>
    public async Task<Outcome<ModelVersion>> StartAsync(
        ModelVersion version, DeployRequest request, IStore source, CancellationToken cancellationToken)
    {
        var run = version.Run!;
        if (place.Outputs.ServingVersion < ServingOutputs.TemplateVersion)
        {
            return Refusal.BadInput(
                $"the stack {place.Stack} was made from template {place.Outputs.ServingVersion}, and this tenfold needs "
                + $"{ServingOutputs.TemplateVersion}: run `tenfold infra apply --serving`");
        }

        var secrets = run.Spec.Secrets.ToDictionary(name => name, name => place.Services.Secrets(name) ?? "");
        if (VersionServices.FaultsOf(secrets) is { Count: > 0 } faults) return Refusal.BadInput(faults);
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
            if (Program is not { } program)
            {
                var uploaded = await place.Services.ServingBundle.UploadAsync(place.Store, cancellationToken);
                if (!uploaded.Succeeded(out program, out var refusal)) return refusal;
            }

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
                Image = run.Spec.Environment.Image,
                Secrets = secrets,
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
    /// What belongs to no version: the services and files of deploys that were killed more than two hours ago, or of purged versions.
    /// </summary>
    /// <returns>The names of the services, each with what there is; or Unavailable or CannotWrite.</returns>
    public Task<Outcome<IReadOnlyList<ServingLeftover>>> FindLeftoversAsync(CancellationToken cancellationToken) => TryAsync(async () =>
    {
        var versions = (await place.Services.Versions.ListVersionsAsync(null, cancellationToken))
            .Where(version => version.State != VersionState.Purged)
            .Select(version => VersionServiceRequest.NameOf(version.Model, version.Version)).ToHashSet();
        var before = place.Services.Time.GetUtcNow() - DeployLimit;
        var services = await place.Versions.ListAsync(cancellationToken);
        var found = services.Where(service => service.Status == "ACTIVE" && !(service.CreatedAt > before)).ToDictionary(
            service => service.Name, service => $"a deploy of {service.Model} {service.Version} was killed, or the version was purged");
        // A deploy copies files before it makes a service, and removes them after it.
        var young = services.Where(service => service.CreatedAt > before).Select(service => service.Name).ToHashSet();
        foreach (var (name, changedAt) in await VersionFiles.ListAsync(place, cancellationToken))
        {
            if (changedAt <= before && !young.Contains(name))
                found.TryAdd(name, "a deploy was killed before it made a service, or while it removed one");
        }

        return (IReadOnlyList<ServingLeftover>)
            [.. found.Where(one => !versions.Contains(one.Key)).Select(one => new ServingLeftover(one.Key, one.Value))];
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

/// <summary>What a deploy or a purge has left on AWS.</summary>
/// <param name="Name">The name of the service, of its task definitions and of its folder in the bucket.</param>
/// <param name="Why">Why it belongs to no version.</param>
public sealed record ServingLeftover(string Name, string Why);
