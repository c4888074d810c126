using System.Globalization;
using Tenfold.Agent;
using Tenfold.Agent.Preparation;
using Tenfold.App.Serving.Replicas;
using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Versions;

namespace Tenfold.App.Serving.Preparing;

/// <summary>Prepares this machine for a deployed version: its snapshot, its environment, its model and its command.</summary>
/// <param name="services">The services of this home.</param>
public sealed class VersionPreparer(Services services)
{
    /// <summary>True when this process runs in the version's own image, if it has one. Default: the image is started.</summary>
    public bool IsInImage { get; init; }

    /// <summary>The folder of serving in a home.</summary>
    public static string Home(Services services) => Path.Combine(services.Home, "serving");

    /// <summary>Prepares a version whose processes this machine is to run. Its own files lie in the owner's folder.</summary>
    /// <param name="version">A version with a run.</param>
    /// <param name="owner">This process.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="logs">The folder of the replicas' logs; null for the version's own in the home.</param>
    /// <returns>
    /// What to start; or a refusal: its files are missing or damaged, its environment can't be made, a secret is missing, or the disk or
    /// the store can't be used.
    /// </returns>
    public async Task<Outcome<ServedVersion>> PrepareAsync(
        ModelVersion version, ReplicaOwner owner, CancellationToken cancellationToken, string? logs = null)
    {
        var name = $"{version.Model} {version.Version}";
        if (version.Run is not { } run) return Refusal.BadInput($"{name} is a service at {version.Address}; this machine starts nothing");
        if (!services.Stores.Open(run.Store).Succeeded(out var store, out var refusal)) return refusal;
        if (!SecretsOf(run.Spec).Succeeded(out var secrets, out refusal)) return refusal with { Message = $"{name}: {refusal.Message}" };
        ServiceContainer? container = null;
        if (!IsInImage && run.Spec.Environment.Image is { } image
            && !(await ContainerFinder.FindAsync(services, image, cancellationToken)).Succeeded(out container, out refusal))
        {
            return refusal with
            {
                Message = $"{name} runs in the container image {image}. {refusal.Message}; or start the image yourself, and deploy its "
                    + "address with --url",
            };
        }

        logs ??= Path.Combine(Home(services), "logs", version.Model, version.Version);
        var folder = Path.Combine(owner.Folder, $"{version.Model}-{version.Version}-{Guid.NewGuid():N}");
        var leases = new CacheLeases();
        leases.Add(new OwnFolder(folder));
        var isPrepared = false;
        var work = new ServiceWork(
            AssignmentOf(run, IsInImage), run.Manifest, run.Command, long.Parse(ServedVersion.PortMark, CultureInfo.InvariantCulture),
            secrets);
        try
        {
            var log = Path.Combine(logs, "prepare.log");
            var prepared = await new ServicePreparation(SettingsFor(store))
                .PrepareAsync(work, folder, log, leases, cancellationToken);
            if (!prepared.IsReady) return Refusal.Unavailable($"{name} can't be prepared: {prepared.Refusal}");
            isPrepared = true;
            var model = prepared.Value.Variables["TENFOLD_MODEL_DIR"];
            return new ServedVersion
            {
                Container = container is null ? null : container with { Folders = [folder, model], Model = model },
                Model = version.Model,
                Version = version.Version,
                Program = prepared.Value.Command.Program,
                Arguments = prepared.Value.Command.Arguments,
                Variables = prepared.Value.Variables,
                Folder = prepared.Value.Folder,
                Logs = logs,
                Replicas = run.Replicas,
                Lease = leases,
            };
        }
        catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException)
        {
            return Refusal.CannotWrite($"{name} can't be prepared: {e.Message}");
        }
        finally
        {
            if (!isPrepared) leases.Dispose();
        }
    }

    // The copy of the snapshot and the model, which nobody needs once the version's processes have ended.
    private sealed class OwnFolder(string path) : IDisposable
    {
        public void Dispose()
        {
            try
            {
                FolderRemoval.Delete(path);
            }
            catch (IOException)
            {
                // The folder lies in the owner's, which is removed when the owner ends.
            }
        }
    }

    private Outcome<IReadOnlyDictionary<string, string>> SecretsOf(WorkSpec spec)
    {
        var values = new Dictionary<string, string>();
        var missing = new List<string>();
        foreach (var name in spec.Secrets)
        {
            if (services.Secrets(name) is { } value) values[name] = value;
            else missing.Add(name);
        }

        return missing.Count == 0
            ? Outcome.Of<IReadOnlyDictionary<string, string>>(values)
            : Refusal.Unavailable($"the secret {string.Join(", ", missing)} is not set in this process: set it and start again");
    }

    private AgentSettings SettingsFor(IStore store) => new()
    {
        Home = services.AgentHome,
        Store = store,
        Machine = services.Session.Machine,
        Variables = services.Session.Environment,
        Time = services.Time,
    };

    // In its own image, a version needs no environment besides what the image has.
    private static Assignment AssignmentOf(ServedRun run, bool isInImage) => new()
    {
        Group = RunNames.GroupOf(run.Run),
        CreatedAt = default,
        Repeat = LastNumber(run.Run),
        Seed = run.Seed,
        Number = LastNumber(run.Attempt),
        Spec = isInImage && run.Spec.Environment.Image is not null
            ? run.Spec with { Environment = new EnvironmentSpec("system") } : run.Spec,
    };

    private static int LastNumber(string id) =>
        int.Parse(id.AsSpan(id.LastIndexOf('-') + 1), NumberStyles.None, CultureInfo.InvariantCulture);
}
