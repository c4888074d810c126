using System.Runtime.CompilerServices;

namespace Tenfold.Aws.Wire;

/// <summary>Follows the pages of a listing.</summary>
internal static class WirePages
{
    /// <summary>Yields the items of all pages. A page may be empty although more follow.</summary>
    /// <param name="call">Fetches the page after a token; the first page for null.</param>
    /// <param name="items">The items of a page.</param>
    /// <param name="next">The token of the next page; null or empty at the end.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <exception cref="AwsException">A call failed.</exception>
    public static async IAsyncEnumerable<TItem> FollowAsync<TAnswer, TItem>(
        Func<string?, CancellationToken, Task<TAnswer>> call, Func<TAnswer, IReadOnlyList<TItem>> items, Func<TAnswer, string?> next,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (string? token = null; ;)
        {
            var page = await call(token, cancellationToken);
            foreach (var item in items(page)) yield return item;
            var following = next(page);
            // A service that repeats the token would give the last page for ever.
            if (string.IsNullOrEmpty(following) || following == token) yield break;
            token = following;
        }
    }
}
