using System.Globalization;
using System.Text;
using Tenfold.Aws.Jobs;

namespace Tenfold.Aws.Ec2;

/// <summary>Writes the script of a machine.</summary>
/// <remarks>Source: EC2 User Guide, "Run commands when you launch an EC2 instance with user data input".</remarks>
internal static class UserData
{
    /// <summary>The most bytes that EC2 accepts, before Base64.</summary>
    public const int MaxBytes = 16 * 1024;

    /// <summary>Writes the script that executes an attempt. Equal arguments give equal scripts, as client tokens need.</summary>
    /// <param name="machine">What differs between machines.</param>
    /// <param name="start">The script that brings the agent and becomes it; null for <see cref="StartScript"/>.</param>
    public static string Write(MachineSettings machine, string? start = null)
    {
        var script = new StringBuilder("#!/bin/bash\n");
        Append(script, "tenfold_lifetime", machine.Lifetime.TotalSeconds.ToString("0", CultureInfo.InvariantCulture));
        Append(script, "tenfold_borrowed", machine.IsBorrowed ? "1" : "");
        Append(script, "tenfold_attempt", machine.Attempt);
        script.Append(Resource("user-data.sh"));
        foreach (var (name, value) in machine.Variables.ToList()) Append(script.Append("export "), name, value);
        script.Append("(\n");
        if (machine.Image is { } image) AppendContainer(script, image, start ?? StartScript.Text);
        else script.Append(start ?? StartScript.Text).Append('\n');
        script.Append(Resource("user-data-agent.sh"));
        return machine.IsBorrowed ? AtEveryStart(script.ToString()) : script.ToString();
    }

    // cloud-init runs a plain script at the first start of a machine only. A machine of the user's own has had its first start.
    private static string AtEveryStart(string script) =>
        $"""
        Content-Type: multipart/mixed; boundary="//tenfold"
        MIME-Version: 1.0

        --//tenfold
        Content-Type: text/cloud-config; charset="us-ascii"
        MIME-Version: 1.0

        #cloud-config
        cloud_final_modules:
        - [scripts-user, always]

        --//tenfold
        Content-Type: text/x-shellscript; charset="utf-8"
        MIME-Version: 1.0

        {script}
        --//tenfold--

        """;

    private static void AppendContainer(StringBuilder script, string image, string start)
    {
        Append(script, "tenfold_image", image);
        script.Append("tenfold_start=$TENFOLD_SCRATCH/start.sh\ncat >\"$tenfold_start\" <<'TENFOLD_START'\n").Append(start)
            .Append("\nTENFOLD_START\n").Append(Resource("user-data-image.sh"));
    }

    private static void Append(StringBuilder script, string name, string value) =>
        script.Append($"{name}='{value.Replace("'", "'\\''", StringComparison.Ordinal)}'\n");

    private static string Resource(string name)
    {
        using var resource = typeof(UserData).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"the assembly has no {name}");
        using var reader = new StreamReader(resource);
        // The script must fit into 16 KB together with the user's setup.
        return string.Concat(reader.ReadToEnd().Split('\n')
            .Where(line => line.Length > 0 && !line.TrimStart().StartsWith('#')).Select(line => line + "\n"));
    }
}

/// <summary>What differs between the scripts of machines.</summary>
/// <param name="Attempt">The attempt.</param>
/// <param name="Lifetime">The time after which the machine ends in any case.</param>
/// <param name="IsBorrowed">True for a machine of the user's own.</param>
/// <param name="Variables">What brings the agent and the assignment.</param>
internal sealed record MachineSettings(string Attempt, TimeSpan Lifetime, bool IsBorrowed, StartVariables Variables)
{
    /// <summary>The container image in which the agent runs; null to run it on the machine itself.</summary>
    public string? Image { get; init; }
}
