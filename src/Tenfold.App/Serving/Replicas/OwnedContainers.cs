using System.Text.Json;
using System.Text.Json.Serialization;
using Tenfold.App.Images;

namespace Tenfold.App.Serving.Replicas;

/// <summary>The containers of an owner's replicas. They outlive the program that started them when that program is killed.</summary>
/// <remarks>A file for each container says how to remove it, so that the next owner can do it when this one is killed.</remarks>
/// <param name="folder">The owner's folder, which only this user can read.</param>
/// <param name="time">The clock.</param>
internal sealed class OwnedContainers(string folder, TimeProvider time)
{
    private const string Suffix = ".container";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Notes a container that is about to be started.</summary>
    /// <exception cref="IOException">The folder can't be written.</exception>
    public void Add(string name, ServiceContainer container) =>
        File.WriteAllBytes(
            FileOf(name),
            JsonSerializer.SerializeToUtf8Bytes(
                new ContainerRemoval(container.Program, container.RemovalOf(name), container.ProgramVariables),
                ContainerJson.Default.ContainerRemoval));

    /// <summary>Removes a container, whether it still runs or not.</summary>
    public Task RemoveAsync(string name) => RemoveFileAsync(FileOf(name));

    /// <summary>Removes the containers that a killed owner left.</summary>
    public async Task RemoveAllAsync()
    {
        if (!Directory.Exists(folder)) return;
        foreach (var file in Directory.GetFiles(folder, $"*{Suffix}")) await RemoveFileAsync(file);
    }

    private async Task RemoveFileAsync(string file)
    {
        try
        {
            if (JsonSerializer.Deserialize(await File.ReadAllBytesAsync(file), ContainerJson.Default.ContainerRemoval) is { } removal)
            {
                using var patience = new CancellationTokenSource(Patience, time);
                // A container that has ended has removed itself, so the program may well refuse.
                await new EngineProcess(removal.Program, removal.Variables, _ => { }).RunAsync(removal.Arguments, null, patience.Token);
            }

            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or JsonException or OperationCanceledException)
        {
            // It was killed while it wrote the file, and no container was started; or the program hangs.
        }
    }

    private string FileOf(string name) => Path.Combine(folder, name + Suffix);
}

/// <summary>How to remove a container.</summary>
/// <param name="Program">The program.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Variables">Its variables.</param>
internal sealed record ContainerRemoval(string Program, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Variables);

/// <summary>The files about containers, as JSON.</summary>
[JsonSerializable(typeof(ContainerRemoval))]
internal sealed partial class ContainerJson : JsonSerializerContext;
