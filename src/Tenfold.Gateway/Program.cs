using Tenfold.Gateway;

return await GatewayProcess.RunAsync(args);
