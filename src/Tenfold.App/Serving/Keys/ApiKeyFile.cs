using System.Text.Json;
using Tenfold.Core.Versions;

namespace Tenfold.App.Serving.Keys;

/// <summary>The file of the gateway's API keys, which only its owner can read.</summary>
/// <param name="home">The folder to which Tenfold writes.</param>
/// <param name="time">The clock.</param>
public sealed class ApiKeyFile(string home, TimeProvider time)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The file's path.</summary>
    public string FilePath { get; } = Path.Combine(home, "serving", "keys.json");

    /// <summary>Reads the keys; empty when there is no file, and then the gateway requires no key.</summary>
    /// <returns>The keys; or Damaged.</returns>
    public Outcome<IReadOnlyList<ApiKey>> Read()
    {
        try
        {
            var keys = JsonSerializer.Deserialize(File.ReadAllBytes(FilePath), ApiKeyJson.Default.ListApiKey)!;
            return Outcome.Of<IReadOnlyList<ApiKey>>(keys);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Outcome.Of<IReadOnlyList<ApiKey>>([]);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return Refusal.Damaged($"{FilePath} can't be read: {e.Message} Mend it, or remove it and add the keys anew");
        }
    }

    /// <summary>Adds a key.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="rate">The requests a second that it may make; null: any number.</param>
    /// <param name="burst">The requests that it may make at once after a pause; null: those of one second.</param>
    /// <returns>The key, which can't be shown again; or a refusal.</returns>
    public Outcome<string> Add(string name, double? rate, int? burst)
    {
        if (!VersionNames.IsValid(name)) return Refusal.BadInput($"'{name}' is no name of a key: use {VersionNames.Rule}");
        if (rate is <= 0 or double.NaN || burst is < 1) return Refusal.BadInput("a rate must be above 0, and a burst at least 1");
        if (!Read().Succeeded(out var keys, out var refusal)) return refusal;
        if (keys.Any(other => other.Name == name)) return Refusal.AlreadyExists($"there is a key '{name}' already: remove it first");
        var (record, key) = ApiKey.Create(name, time.GetUtcNow());
        return Write([.. keys, record with { Rate = rate, Burst = burst }]) is { } fault ? fault : key;
    }

    /// <summary>Removes a key. The gateway refuses it within a second.</summary>
    /// <returns>The removed key; or a refusal.</returns>
    public Outcome<ApiKey> Remove(string name)
    {
        if (!Read().Succeeded(out var keys, out var refusal)) return refusal;
        if (keys.FirstOrDefault(key => key.Name == name) is not { } found) return Refusal.NotFound($"there is no key '{name}'");
        return Write([.. keys.Where(key => key != found)]) is { } fault ? fault : found;
    }

    // An empty list stays a file: removing the last key must not open the gateway to everybody.
    private Refusal? Write(List<ApiKey> keys)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
            var temporary = $"{FilePath}.{Guid.NewGuid():N}.tmp";
            using (var file = new FileStream(
                temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
                JsonSerializer.Serialize(file, keys, ApiKeyJson.Default.ListApiKey);
            File.Move(temporary, FilePath, overwrite: true);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Refusal.CannotWrite($"the API keys could not be written: {e.Message}");
        }
    }
}
