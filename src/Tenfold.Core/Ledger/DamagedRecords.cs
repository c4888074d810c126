using System.Collections.Concurrent;
using Tenfold.Core.Output;

namespace Tenfold.Core.Ledger;

/// <summary>
/// Tells of the records in the ledger that can't be read and are left out of a list, each once. Whoever can write to the ledger can
/// damage a record, and one damaged record must not stop the commands that show all the others.
/// </summary>
/// <remarks>Thread-safe. A record that a command names is not left out: the command refuses it. See docs/decisions/0049.</remarks>
/// <param name="tell">Called with each record when it is first met; null: nobody is told.</param>
public sealed class DamagedRecords(Action<DamagedRecord>? tell = null)
{
    private readonly ConcurrentDictionary<string, string> _known = new();

    /// <summary>Adds a record that was left out.</summary>
    /// <param name="name">Its kind and name, such as <c>run k7m2xqab-1</c>.</param>
    /// <param name="why">Why it can't be read.</param>
    public void Add(string name, string why)
    {
        if (_known.TryAdd(name, why)) tell?.Invoke(new DamagedRecord(PlainText.Of(name), PlainText.Of(why)));
    }

    /// <summary>Reads a record of a list, or leaves it out.</summary>
    /// <param name="name">Its kind and name, such as <c>run k7m2xqab-1</c>.</param>
    /// <param name="read">Reads it.</param>
    /// <returns>What was read; null when the record, or one that belongs to it, is damaged.</returns>
    public async Task<T?> ReadAsync<T>(string name, Func<Task<T?>> read)
        where T : class
    {
        try
        {
            return await read();
        }
        catch (LedgerException e) when (e.IsUnreadable)
        {
            Add(name, e.Message);
            return null;
        }
    }
}

/// <summary>A record in the ledger that can't be read.</summary>
/// <param name="Name">Its kind and name, such as <c>run k7m2xqab-1</c>.</param>
/// <param name="Why">Why it can't be read.</param>
public sealed record DamagedRecord(string Name, string Why)
{
    /// <summary>What was left out, why, and what to do.</summary>
    public override string ToString() =>
        $"{Name} is left out, because its record in the ledger is damaged: {Why.TrimEnd('.')}. Restore the ledger from a backup.";
}
