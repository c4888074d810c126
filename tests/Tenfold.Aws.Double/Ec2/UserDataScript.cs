namespace Tenfold.Aws.Double.Ec2;

/// <summary>What cloud-init does with user data.</summary>
/// <remarks>Source: EC2 User Guide, "Run commands when you launch an EC2 instance with user data input"; cloud-init, "User-data
/// formats".</remarks>
internal static class UserDataScript
{
    /// <summary>The script that runs at this boot; null for none.</summary>
    public static string? Of(Ec2Instance instance)
    {
        var data = instance.UserData.Replace("\r\n", "\n");
        var runsAlways = data.Contains("[scripts-user, always]", StringComparison.Ordinal);
        if (instance.Boots > 1 && !runsAlways) return null;
        if (data.StartsWith("#!", StringComparison.Ordinal)) return data;
        const string Marker = "boundary=\"";
        var at = data.IndexOf(Marker, StringComparison.Ordinal);
        if (at < 0) return null;
        var boundary = data[(at + Marker.Length)..data.IndexOf('"', at + Marker.Length)];
        foreach (var part in data.Split($"--{boundary}"))
        {
            var body = part.IndexOf("\n\n", StringComparison.Ordinal);
            if (body >= 0 && part[..body].Contains("text/x-shellscript", StringComparison.Ordinal)) return part[(body + 2)..];
        }
        return null;
    }
}
