namespace Tenfold.Agent;

/// <summary>
/// Finds attempts that nobody has claimed, from the end of a submission backwards: its backend begins at the front. What is claimed at the end is
/// passed over in growing steps, and its edge then found by halving: some twenty looks at most, however many attempts and agents there are.
/// </summary>
/// <param name="attempts">The attempts, in the order in which the backend starts them.</param>
/// <param name="isClaimed">Looks.</param>
internal sealed class UnclaimedSearch(IReadOnlyList<string> attempts, Func<string, CancellationToken, Task<bool>> isClaimed)
{
    private int _end = attempts.Count;

    /// <summary>The last attempt that seems to be nobody's, each at most once; null when none was found. Some may be passed over: the backend starts them.</summary>
    public async Task<string?> NextAsync(CancellationToken cancellationToken)
    {
        var (claimed, free) = (_end, _end - 1);
        for (var step = 1; free >= 0 && await isClaimed(attempts[free], cancellationToken); step += 1 + step / 2) (claimed, free) = (free, free - step);
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
