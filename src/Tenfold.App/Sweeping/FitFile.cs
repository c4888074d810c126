using Tenfold.Numerics.Tuning;

namespace Tenfold.App.Sweeping;

/// <summary>
/// Keeps the latest fits of a study's model in a file of the home. <c>tenfold study ask</c> is a new process each time, and a fit takes
/// most of its time; but only about every tenth trial needs a new fit.
/// </summary>
/// <remarks>The file only saves time: what can't be read or written is computed again. Nobody waits for another process.</remarks>
/// <param name="folder">The folder of such files, which need not exist.</param>
/// <param name="study">The study.</param>
/// <param name="time">The clock.</param>
internal sealed class FitFile(string folder, string study, TimeProvider time) : IFitStore
{
    private const int Most = 16; // lines: a model of values, one of failures and one of durations, for some numbers of trials
    private static readonly TimeSpan Unused = TimeSpan.FromDays(30);

    private readonly string _file = Path.Combine(folder, study);

    /// <inheritdoc/>
    public string? Find(string key)
    {
        try
        {
            return Lines().LastOrDefault(line => line.StartsWith(key + ' ', StringComparison.Ordinal))?[(key.Length + 1)..];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Add(string key, string fit)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var temporary = $"{_file}.{Guid.NewGuid():N}";
            File.WriteAllLines(temporary, [.. Lines().TakeLast(Most - 1), $"{key} {fit}"]);
            File.Move(temporary, _file, overwrite: true);
            foreach (var file in new DirectoryInfo(folder).EnumerateFiles())
                if (time.GetUtcNow().UtcDateTime - file.LastWriteTimeUtc > Unused) file.Delete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next process fits again.
        }
    }

    private string[] Lines() => File.Exists(_file) ? File.ReadAllLines(_file) : [];
}
