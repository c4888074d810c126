using Tenfold.Server;

return await ServerProcess.RunAsync(args);
