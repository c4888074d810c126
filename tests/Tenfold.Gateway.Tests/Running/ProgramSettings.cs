using System.Runtime.CompilerServices;

namespace Tenfold.Gateway.Tests.Running;

/// <summary>The gateways of the tests use sockets as the program does.</summary>
internal static class ProgramSettings
{
    [ModuleInitializer]
    internal static void Apply() => SocketThreads.Use();
}
