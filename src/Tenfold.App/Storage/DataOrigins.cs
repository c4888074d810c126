using System.Runtime.CompilerServices;
using Tenfold.Aws.S3;
using Tenfold.Core.Data;

namespace Tenfold.App.Storage;

/// <summary>Opens the origins of data by their URLs.</summary>
public static class DataOrigins
{
    /// <summary>Opens the origin at a URL. The caller disposes of it, if it is disposable.</summary>
    /// <returns>The origin; or BadInput when the URL names none.</returns>
    public static Outcome<IDataOrigin> Open(string url, TimeProvider time) => url.StartsWith("s3://", StringComparison.Ordinal)
        ? InBucket(url, time)
        : Refusal.BadInput($"'{url}' is not a location of data: write s3://bucket/prefix/, or a path");

    // A separate method, so that a command that uses no bucket doesn't load Amazon's SDK.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Outcome<IDataOrigin> InBucket(string url, TimeProvider time) =>
        S3Origin.FaultOf(url) is { } fault ? Refusal.BadInput(fault) : Outcome.Of<IDataOrigin>(new S3Origin(url, options: null, time));
}
