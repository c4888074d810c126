using Tenfold.Core.Store;

namespace Tenfold.Aws.Tests.Ec2;

/// <summary>A folder that calls itself a bucket, for parts that only need a bucket's name.</summary>
internal sealed class BucketInFolder(FolderStore folder) : ForwardingStore(folder)
{
    public override string Url => "s3://tenfold-bucket/tenfold";
}
