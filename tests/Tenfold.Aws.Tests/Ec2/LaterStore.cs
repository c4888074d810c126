using System.Runtime.CompilerServices;
using Tenfold.Core.Store;

namespace Tenfold.Aws.Tests.Ec2;

/// <summary>A store whose clock object was written some time later than it was: for its readers, that time has passed.</summary>
internal sealed class LaterStore(IStore inner, TimeSpan later) : ForwardingStore(inner)
{
    public override async IAsyncEnumerable<StoreEntry> ListAsync(
        string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isClock = folder.Contains("/clock/", StringComparison.Ordinal);
        await foreach (var entry in base.ListAsync(folder, cancellationToken))
            yield return isClock ? entry with { ModifiedAt = entry.ModifiedAt + later } : entry;
    }
}
