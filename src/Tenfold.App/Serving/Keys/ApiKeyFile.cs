using System.Text.Json;

namespace Tenfold.App.Serving.Keys;

/// <summary>The file of the gateway's API keys, which only its owner can read.</summary>
/// <param name="home">The folder to which Tenfold writes.</param>
/// <param name="time">The clock.</param>
public sealed class ApiKeyFile(string home, TimeProvider time) : IApiKeys
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

    /// <inheritdoc/>
    public Task<Outcome<ApiKeySet>> ReadAsync(CancellationToken cancellationToken) => Task.FromResult(ReadSet());

    /// <inheritdoc/>
    public Task<Outcome<string>> AddAsync(string name, double? rate, int? burst, CancellationToken cancellationToken) =>
        Task.FromResult(Add(name, rate, burst));

    /// <inheritdoc/>
    public Task<Outcome<ApiKey>> RemoveAsync(string name, CancellationToken cancellationToken) => Task.FromResult(Remove(name));

    /// <summary>Adds a key.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="rate">The requests a second that it may make; null: any number.</param>
    /// <param name="burst">The requests that it may make at once after a pause; null: those of one second.</param>
    /// <returns>The key, which can't be shown again; or a refusal.</returns>
    public Outcome<string> Add(string name, double? rate, int? burst)
    {
        if (!ReadSet().Succeeded(out var keys, out var refusal)) return refusal;
        if (!keys.With(name, rate, burst, time.GetUtcNow()).Succeeded(out var added, out refusal)) return refusal;
        return Write(added.Set) is { } fault ? fault : added.Key;
    }

    /// <summary>Removes a key. The gateway refuses it within a second.</summary>
    /// <returns>The removed key; or a refusal.</returns>
    public Outcome<ApiKey> Remove(string name)
    {
        if (!ReadSet().Succeeded(out var keys, out var refusal)) return refusal;
        if (!keys.Find(name).Succeeded(out var found, out refusal)) return refusal;
        return Write(keys.Without(found)) is { } fault ? fault : found;
    }

    private Outcome<ApiKeySet> ReadSet() =>
        !File.Exists(FilePath) ? ApiKeySet.None
            : Read().Match<Outcome<ApiKeySet>>(keys => new ApiKeySet(IsRequired: true, keys), refusal => refusal);

    // An empty list stays a file: removing the last key must not open the gateway to everybody.
    private Refusal? Write(ApiKeySet set)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
            var temporary = $"{FilePath}.{Guid.NewGuid():N}.tmp";
            using (var file = new FileStream(
                temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
                JsonSerializer.Serialize(file, set.Keys, ApiKeyJson.Default.IReadOnlyListApiKey);
            File.Move(temporary, FilePath, overwrite: true);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Refusal.CannotWrite($"the API keys could not be written: {e.Message}");
        }
    }
}
