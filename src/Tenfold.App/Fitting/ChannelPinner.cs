using Tenfold.App.Storage;
using Tenfold.Core.Data;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;
using Tenfold.Projects;

namespace Tenfold.App.Fitting;

/// <summary>Pins a project's data channels: a path by its content, a bucket's objects by what the bucket lists.</summary>
/// <param name="services">The services of this home.</param>
public sealed class ChannelPinner(Services services)
{
    private readonly ContentHasher _hash = new(services.Index, services.Time);

    /// <summary>What a user should know about the pinned channels.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>True to compute what the channels are pinned to and store nothing.</summary>
    public bool IsTrial { get; init; }

    /// <summary>Pins every channel, and stores the manifests of data that lies in buckets.</summary>
    /// <returns>Each channel's data; or a refusal with the faults of all channels.</returns>
    public async Task<Outcome<Dictionary<string, DataSpec>>> PinAsync(
        LocatedProject located, IStore store, CancellationToken cancellationToken)
    {
        var data = new Dictionary<string, DataSpec>();
        var (faults, kind) = (new List<string>(), RefusalKind.BadInput);
        foreach (var (channel, location) in located.Project.Train.Data)
        {
            try
            {
                var (spec, fault) = location.IsS3
                    ? await PinOriginAsync(channel, location.Text, store, cancellationToken)
                    : PinPath(channel, location.PathFrom(located.Folder, services.Session.HomeFolder), located.Folder, cancellationToken);
                if (spec is not null) data[channel] = spec;
                else faults.Add(fault!);
            }
            catch (StoreException e)
            {
                faults.Add($"data.{channel}: {e.Message}");
                kind = RefusalKind.CannotWrite;
            }
        }

        return faults.Count == 0 ? data : new Refusal(kind, string.Join("\n  ", faults));
    }

    /// <summary>Compares data with its recorded hash.</summary>
    /// <returns>How the data has changed; null when it is unchanged.</returns>
    /// <exception cref="StoreException">The data's origin can't be reached.</exception>
    public async Task<string?> ChangedAsync(DataSpec recorded, CancellationToken cancellationToken)
    {
        if (!recorded.IsAtOrigin)
        {
            return _hash.Compute(recorded.Path, cancellationToken).Match(
                hashed => hashed.Sha256 == recorded.Hash
                    ? null
                    : $"{recorded.Path} has changed (SHA-256 was {recorded.Hash[..12]}…, and is {hashed.Sha256[..12]}… now)",
                refused => refused.Faults[0].Message);
        }

        return (await ListAsync(recorded.Path, cancellationToken)).Match(
            pinned => pinned.Manifest.ComputeHash() == recorded.Hash
                ? null
                : $"{recorded.Path} has changed: objects were replaced, added or removed",
            refused => refused.Fault);
    }

    /// <summary>Lists the objects at an origin.</summary>
    /// <exception cref="StoreException">The origin can't be reached.</exception>
    public async Task<PinOutcome> ListAsync(string url, CancellationToken cancellationToken)
    {
        var outcome = DataOrigins.Open(url, services.Time);
        if (!outcome.Succeeded(out var origin, out var refusal)) return new PinOutcome.Refused(refusal.Message);
        using var opened = origin as IDisposable;
        return await origin.PinAsync(cancellationToken);
    }

    private async Task<(DataSpec? Spec, string? Fault)> PinOriginAsync(
        string channel, string url, IStore store, CancellationToken cancellationToken)
    {
        var (pinned, fault) = (await ListAsync(url, cancellationToken)).Match<(PinOutcome.Pinned?, string?)>(
            pinned => (pinned, null), refused => (null, $"data.{channel}: {refused.Fault}"));
        if (pinned is null) return (null, fault);
        if (pinned.Note is { } note) Notes.Add($"data.{channel}: {note}");
        var (manifest, hash) = (pinned.Manifest, pinned.Manifest.ComputeHash());
        // Written even if it exists, because garbage collection goes by the time of the last write.
        if (!IsTrial) await store.WriteAsync(DataManifest.ManifestKey(hash), manifest.ToJson(), cancellationToken);
        return (new DataSpec(manifest.Origin!, hash, manifest.Files.Sum(file => file.SizeBytes), Files: manifest.Files.Count), null);
    }

    private (DataSpec? Spec, string? Fault) PinPath(string channel, string path, string folder, CancellationToken cancellationToken)
    {
        var inside = Path.GetRelativePath(folder, path);
        return _hash.Compute(path, cancellationToken).Match<(DataSpec?, string?)>(
            hashed => (
                new DataSpec(path, hashed.Sha256, hashed.SizeBytes, SafePath.IsInside(inside) ? inside : null, hashed.FileCount), null),
            refused => (null, string.Join("\n  ", refused.Faults.Select(fault => $"data channel '{channel}': {fault.Message}"))));
    }
}
