using System.Runtime.CompilerServices;
using Tenfold.Aws.S3;
using Tenfold.Core.Data;
using Tenfold.Core.Store;

namespace Tenfold.App.Storage;

/// <summary>Opens the origins of data by their URLs.</summary>
public static class DataOrigins
{
    /// <summary>Opens the origin at a URL. The caller disposes of it, if it is disposable.</summary>
    /// <exception cref="StoreException">The URL names no origin; the message says what to write.</exception>
    public static IDataOrigin Open(string url, TimeProvider time) => url.StartsWith("s3://", StringComparison.Ordinal)
        ? InBucket(url, time)
        : throw new StoreException($"'{url}' is not a location of data: write s3://bucket/prefix/, or a path");

    // A separate method, so that a command that uses no bucket doesn't load Amazon's SDK.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static S3Origin InBucket(string url, TimeProvider time) => new(url, options: null, time);
}
