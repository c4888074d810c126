using System.Text.Json;
using System.Text.Json.Serialization;
using Tenfold.Core.Platform;

namespace Tenfold.Targets.Pool.Instances;

/// <summary>
/// Which instances this home may start and stop, in a file of the home. A list is written there before the first attempt is submitted, so
/// that a controller that starts again knows it, and so that nothing that others write into the store or the ledger names an instance.
/// </summary>
/// <param name="home">The folder to which Tenfold writes.</param>
/// <param name="time">The clock.</param>
public sealed class InstanceBook(string home, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _file = Path.Combine(home, "instances.json");

    /// <summary>Records a list. It replaces the earlier one of its project, pool, store and region.</summary>
    /// <exception cref="IOException">The home can't be written.</exception>
    public async Task RecordAsync(InstanceList list, CancellationToken cancellationToken)
    {
        if (Read().Contains(list)) return;
        using var held = await FileLock.AcquireAsync($"{_file}.lock", Patience, () => { }, time, cancellationToken)
            ?? throw new IOException($"{_file} is locked by another process");
        List<InstanceList> all = [.. Read().Where(other => other.Name != list.Name), list];
        var temporary = $"{_file}.{Guid.NewGuid():N}";
        await File.WriteAllBytesAsync(
            temporary, JsonSerializer.SerializeToUtf8Bytes(all, InstanceBookJson.Default.IReadOnlyListInstanceList), cancellationToken);
        File.Move(temporary, _file, overwrite: true);
    }

    /// <summary>Reads the lists.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    public IReadOnlyList<InstanceList> Read()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(_file), InstanceBookJson.Default.IReadOnlyListInstanceList) ?? [];
        }
        catch (FileNotFoundException)
        {
            return [];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (JsonException e)
        {
            throw new IOException($"{_file} is damaged: remove it. It is written again with the next runs", e);
        }
    }
}

/// <summary>The instances of a pool, as a project lists them.</summary>
/// <param name="Project">The project.</param>
/// <param name="Pool">The pool.</param>
/// <param name="Store">The URL of the pool's store.</param>
/// <param name="Region">Their region.</param>
/// <param name="IdleSeconds">For how many seconds one may have nothing to do.</param>
/// <param name="LifetimeSeconds">How many seconds after its start one must be off.</param>
public sealed record InstanceList(string Project, string Pool, string Store, string Region, long IdleSeconds, long LifetimeSeconds)
{
    /// <summary>Their ids.</summary>
    public IReadOnlyList<string> Instances { get; init; } = [];

    /// <summary>The names of machines that serve the pool and are no instances.</summary>
    public IReadOnlyList<string> Machines { get; init; } = [];

    /// <summary>What another list replaces.</summary>
    [JsonIgnore]
    public (string Project, string Pool, string Store, string Region) Name => (Project, Pool, Store, Region);

    /// <summary>For how long one may have nothing to do.</summary>
    [JsonIgnore]
    public TimeSpan Idle => TimeSpan.FromSeconds(IdleSeconds);

    /// <summary>How long after its start one must be off.</summary>
    [JsonIgnore]
    public TimeSpan Lifetime => TimeSpan.FromSeconds(LifetimeSeconds);

    /// <inheritdoc/>
    public bool Equals(InstanceList? other) => other is not null && Name == other.Name
        && (IdleSeconds, LifetimeSeconds) == (other.IdleSeconds, other.LifetimeSeconds) && Instances.SequenceEqual(other.Instances)
        && Machines.SequenceEqual(other.Machines);

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode();
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<InstanceList>))]
internal sealed partial class InstanceBookJson : JsonSerializerContext;
