namespace Tenfold.Agent;

/// <summary>
/// Finds unclaimed attempts of a submission. The backend starts them from the front, so the search begins at the end: it skips claimed
/// attempts in growing steps, and then finds the first unclaimed one by bisection. That takes about twenty checks, however many attempts
/// and agents there are.
/// </summary>
/// <param name="attempts">The attempts, in the order in which the backend starts them.</param>
/// <param name="isClaimed">Checks one of them.</param>
internal sealed class UnclaimedSearch(IReadOnlyList<string> attempts, Func<string, CancellationToken, Task<bool>> isClaimed)
{
    private int _end = attempts.Count;

    /// <summary>Finds the next attempt from the end that seems unclaimed.</summary>
    /// <returns>Each attempt at most once; null when none was found. Some may be missed: the backend starts those.</returns>
    public async Task<string?> FindNextAsync(CancellationToken cancellationToken)
    {
        var (claimed, free) = (_end, _end - 1);
        for (var step = 1; free >= 0 && await isClaimed(attempts[free], cancellationToken); step += 1 + step / 2)
            (claimed, free) = (free, free - step);
        if (free < 0) return null;
        while (claimed - free > 1)
        {
            var middle = (claimed + free) / 2;
            if (await isClaimed(attempts[middle], cancellationToken)) claimed = middle;
            else free = middle;
        }

        _end = free;
        return attempts[free];
    }
}
