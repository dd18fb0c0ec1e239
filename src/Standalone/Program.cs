using Coinsphere.Messaging.Gateway;
using Coinsphere.Messaging.Hosting;
using Coinsphere.Messaging.Worker;

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, EnvironmentName = SpecifiedEnvironment.Name("Development") });
builder.AddHostDefaults();
builder.AddGateway();
builder.AddWorker();
builder.Services.AddInMemoryBus(bus =>
{
    bus.RegisterGateway();
    bus.RegisterWorker();
});

var app = builder.Build();
app.MapGateway();
await app.RunAsync();
