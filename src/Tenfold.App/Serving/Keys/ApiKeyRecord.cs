using Tenfold.Core.Ledger;
using Tenfold.Core.Store;
using Tenfold.Core.Versions;

namespace Tenfold.App.Serving.Keys;

/// <summary>The API keys of gateways in a store that gateways and users share. The store has only hashes of the keys.</summary>
/// <param name="store">The store.</param>
/// <param name="time">The clock.</param>
public sealed class ApiKeyRecord(IStore store, TimeProvider time) : IApiKeys
{
    /// <summary>The folder of the keys in a store. Without it, requests need no key.</summary>
    public const string Folder = "serving/keys";

    private static readonly IReadOnlyList<ApiKey> Never = [];
    private readonly StoreRevisions<IReadOnlyList<ApiKey>> _record =
        new(store, Folder, ApiKeyJson.Default.IReadOnlyListApiKey, Never);

    /// <inheritdoc/>
    public async Task<Outcome<ApiKeySet>> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var newest = await _record.ReadAsync(cancellationToken);
            return new ApiKeySet(newest.Number > 0, newest.State);
        }
        catch (LedgerException e)
        {
            return e.IsUnreadable ? Refusal.Damaged(e.Message) : Refusal.Unavailable(e.Message);
        }
    }

    /// <inheritdoc/>
    public Task<Outcome<string>> AddAsync(string name, double? rate, int? burst, CancellationToken cancellationToken) =>
        ChangeAsync(
            keys => keys.With(name, rate, burst, time.GetUtcNow()), added => added.Set, added => added.Key, cancellationToken);

    /// <inheritdoc/>
    public async Task<Outcome<ApiKey>> RemoveAsync(string name, CancellationToken cancellationToken)
    {
        ApiKeySet? known = null;
        return await ChangeAsync(keys => (known = keys).Find(name), found => known!.Without(found), found => found, cancellationToken);
    }

    // The plan is made again when another process was faster.
    private async Task<Outcome<TResult>> ChangeAsync<TPlan, TResult>(
        Func<ApiKeySet, Outcome<TPlan>> plan, Func<TPlan, ApiKeySet> next, Func<TPlan, TResult> result, CancellationToken cancellationToken)
        where TPlan : notnull
        where TResult : notnull
    {
        try
        {
            Outcome<TPlan>? planned = null;
            await _record.ChangeAsync(
                keys => (planned = plan(new ApiKeySet(IsRequired: true, keys))).Match<IReadOnlyList<ApiKey>?>(
                    made => next(made).Keys, _ => null),
                cancellationToken);
            return planned!.Match(made => Outcome.Of(result(made)), refusal => refusal);
        }
        catch (LedgerException e)
        {
            return Refusal.CannotWrite($"the API keys could not be written: {e.Message}");
        }
    }
}
