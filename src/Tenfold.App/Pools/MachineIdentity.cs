using Tenfold.Aws.Ec2.Pools;

namespace Tenfold.App.Pools;

/// <summary>Finds which instance of a cloud this machine is.</summary>
public static class MachineIdentity
{
    private const string Vendor = "/sys/class/dmi/id/sys_vendor";

    /// <summary>True when this machine seems to be one of Amazon's.</summary>
    public static bool IsOnEc2(IReadOnlyDictionary<string, string> environment)
    {
        try
        {
            return environment.ContainsKey("AWS_EC2_METADATA_SERVICE_ENDPOINT")
                || (File.Exists(Vendor) && File.ReadAllText(Vendor).Contains("Amazon EC2", StringComparison.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Asks the metadata service of EC2; null when there is none, or it does not answer within seconds.</summary>
    public static Task<string?> FindInstanceAsync(
        IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken) =>
        OwnInstance.FindAsync(environment, cancellationToken);
}
