using System.Data.Common;
using Tenfold.Core.Requests;

namespace Tenfold.Sql.Requests;

/// <summary>Inserts many requests at once, by the database's fastest way.</summary>
internal interface IRowLoader
{
    /// <summary>Inserts the requests within a transaction. Skips those whose id exists.</summary>
    /// <returns>The requests that the database refused, with the reason.</returns>
    Task<IReadOnlyList<RefusedRequest>> InsertAsync(
        DbConnection connection, DbTransaction transaction, IReadOnlyList<LoggedRequest> requests, CancellationToken cancellationToken);
}

/// <summary>A request that the database refused.</summary>
/// <param name="Request">The request.</param>
/// <param name="Reason">What the database said.</param>
internal sealed record RefusedRequest(LoggedRequest Request, string Reason);
