using Tenfold.Core.Attempts;
using Tenfold.Core.Store;

namespace Tenfold.Core.Garbage;

/// <summary>Finds out whether an attempt of the ledger ran with a list of packages. Only the attempts' reports name the lists.</summary>
/// <param name="store">The store.</param>
internal sealed class PackageListUse(IStore store)
{
    // The clocks of a server may differ by so much.
    private static readonly TimeSpan Leeway = TimeSpan.FromMinutes(1);

    private readonly List<(DateTimeOffset ModifiedAt, string Attempt)> _attempts = [];
    private readonly HashSet<string> _used = [];
    private int? _unread;

    /// <summary>Adds an attempt of the ledger.</summary>
    /// <param name="attempt">Its name.</param>
    /// <param name="modifiedAt">When its newest object was written.</param>
    public void Add(string attempt, DateTimeOffset modifiedAt) => _attempts.Add((modifiedAt, attempt));

    /// <summary>True when an attempt names the list, or when a report can't be read.</summary>
    /// <param name="list">The list's SHA-256.</param>
    /// <param name="writtenAt">When the list was last written; the attempt that wrote it ended later.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <remarks>
    /// Reports are read from the latest attempt on, each at most once. So a list that is used costs few reads, and one that is not costs
    /// those of the attempts after it.
    /// </remarks>
    public async Task<bool> IsUsedAsync(string list, DateTimeOffset writtenAt, CancellationToken cancellationToken)
    {
        if (_unread is null)
        {
            _attempts.Sort();
            _unread = _attempts.Count;
        }

        while (!_used.Contains(list))
        {
            if (_unread == 0 || _attempts[_unread.Value - 1].ModifiedAt < writtenAt - Leeway) return false;
            _unread--;
            try
            {
                var report = await new AttemptReports(store).ReadAsync(_attempts[_unread.Value].Attempt, cancellationToken);
                if (report?.Environment?.Packages is { } packages) _used.Add(packages);
            }
            catch (StoreException e) when (e.IsDamaged)
            {
                return true;
            }
        }

        return true;
    }
}
