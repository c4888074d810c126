using Tenfold.Core.Pushes;

namespace Tenfold.Sql.Pushes;

/// <summary>
/// Records deliveries. A commit waits for the disk, so those that arrive during a commit share the next one. A delivery that arrives alone
/// is committed at once.
/// </summary>
/// <param name="database">The database.</param>
internal sealed class DeliveryBatches(Database database)
{
    private const int AtOnce = 200;

    private readonly Lock _lock = new();
    private readonly Queue<Addition> _waiting = new();
    private bool _isWriting;

    /// <summary>Records a delivery.</summary>
    /// <returns>Once it is committed: false when one with this id was recorded before.</returns>
    /// <exception cref="Core.Ledger.LedgerException">It could not be recorded.</exception>
    public Task<bool> AddAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        var addition = new Addition(delivery, new(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_lock)
        {
            _waiting.Enqueue(addition);
            if (!_isWriting)
            {
                _isWriting = true;
                _ = Task.Run(WriteAllAsync, CancellationToken.None);
            }
        }

        // A caller that goes away takes nothing from the others: their commit is the same.
        return addition.Recorded.Task.WaitAsync(cancellationToken);
    }

    private async Task WriteAllAsync()
    {
        while (true)
        {
            var batch = new List<Addition>();
            lock (_lock)
            {
                while (batch.Count < AtOnce && _waiting.TryDequeue(out var next)) batch.Add(next);
                if (batch.Count == 0)
                {
                    _isWriting = false;
                    return;
                }
            }

            await WriteAsync(batch);
        }
    }

    private async Task WriteAsync(List<Addition> batch)
    {
        try
        {
            var added = await database.WriteAsync(async (connection, transaction) =>
            {
                var isNew = new bool[batch.Count];
                for (var i = 0; i < isNew.Length; i++)
                {
                    var delivery = batch[i].Delivery;
                    isNew[i] = await connection.ExecuteAsync(
                        transaction,
                        """
                        INSERT INTO deliveries (id, host, event, repository, received_at, state, body)
                        VALUES (@id, @host, @event, @repository, @at, @state, @body) ON CONFLICT (id) DO NOTHING
                        """,
                        CancellationToken.None, ("@id", delivery.Id), ("@host", $"{delivery.Host}"), ("@event", delivery.Event),
                        ("@repository", delivery.Repository), ("@at", delivery.ReceivedAt), ("@state", $"{delivery.State}"),
                        ("@body", delivery.Body)) > 0;
                }

                return isNew;
            }, CancellationToken.None);
            for (var i = 0; i < added.Length; i++) batch[i].Recorded.TrySetResult(added[i]);
        }
        catch (Exception e)
        {
            foreach (var addition in batch)
            {
                addition.Recorded.TrySetException(e);
                // The caller may have gone away.
                _ = addition.Recorded.Task.Exception;
            }
        }
    }

    private sealed record Addition(Delivery Delivery, TaskCompletionSource<bool> Recorded);
}
