using System.Runtime.CompilerServices;

namespace Tenfold.Aws.Tests.Servers;

/// <summary>Sets the credentials in the environment of the test process.</summary>
internal static class TestCredentials
{
    // Use the credentials of the test server, and none of this machine's.
    [ModuleInitializer]
    internal static void Set()
    {
        if (OtherProcess.IsOne) return;
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "S3RVER");
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "S3RVER");
        Environment.SetEnvironmentVariable("AWS_EC2_METADATA_DISABLED", "true");
        Environment.SetEnvironmentVariable("AWS_CONFIG_FILE", "/nowhere/config");
        Environment.SetEnvironmentVariable("AWS_SHARED_CREDENTIALS_FILE", "/nowhere/credentials");
        foreach (var name in (string[])["AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL",
            "AWS_ENDPOINT_URL_S3"])
            Environment.SetEnvironmentVariable(name, null);
    }
}
