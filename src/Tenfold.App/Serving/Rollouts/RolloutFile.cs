using System.Text.Json;

namespace Tenfold.App.Serving.Rollouts;

/// <summary>The file in which a gateway keeps what its rollouts know.</summary>
/// <param name="path">The file; it need not exist.</param>
public sealed class RolloutFile(string path)
{
    private string _written = "";

    /// <summary>Reads the file; empty when there is none, or it can't be read.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<RolloutMemory>> Read()
    {
        try
        {
            _written = File.ReadAllText(path);
            return JsonSerializer.Deserialize(_written, RolloutJson.Default.DictionaryStringIReadOnlyListRolloutMemory) ?? [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return new Dictionary<string, IReadOnlyList<RolloutMemory>>();
        }
    }

    /// <summary>Writes the file when something has changed.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    public void Write(IReadOnlyDictionary<string, IReadOnlyList<RolloutMemory>> memory)
    {
        var text = JsonSerializer.Serialize(new(memory), RolloutJson.Default.DictionaryStringIReadOnlyListRolloutMemory);
        if (text == _written) return;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path + ".part", text);
        File.Move(path + ".part", path, overwrite: true);
        _written = text;
    }
}
