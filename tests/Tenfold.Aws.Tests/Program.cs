using Tenfold.Aws.Tests;

// Not the entry point that xUnit would generate: a few tests start this program as another process that works with a store.
return await OtherProcess.RunAsync() ? 0 : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
