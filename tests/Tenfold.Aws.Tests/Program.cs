using Tenfold.Aws.Tests;

// This replaces the entry point that xUnit generates, because some tests start this program as another process that uses a store.
return await OtherProcess.RunAsync() ? 0 : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
