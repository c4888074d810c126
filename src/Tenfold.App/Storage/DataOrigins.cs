using System.Runtime.CompilerServices;
using Tenfold.Aws.S3;
using Tenfold.Core.Data;
using Tenfold.Core.Store;

namespace Tenfold.App.Storage;

/// <summary>Opens the origins of data by their URLs.</summary>
public static class DataOrigins
{
    /// <summary>The origin of a URL; whoever opens it disposes of it, if it is disposable.</summary>
    /// <exception cref="StoreException">It is none; the message says why and what to write.</exception>
    public static IDataOrigin Open(string url, TimeProvider time) => url.StartsWith("s3://", StringComparison.Ordinal)
        ? InBucket(url, time)
        : throw new StoreException($"'{url}' is no place of data: write s3://bucket/prefix/, or a path");

    // Apart, so that programs that use no bucket don't load Amazon's SDK.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static S3Origin InBucket(string url, TimeProvider time) => new(url, options: null, time);
}
