using System.Diagnostics;

namespace Coinsphere.Messaging.Standalone.Tests;

/// <summary>docs/licences.md says what is shipped.</summary>
public sealed class LicencesTests
{
    [Fact]
    public async Task Page_NamesEveryPackageAndItsLicence()
    {
        var script = Path.Join(Integration.Tests.TestServers.Root, ".ci", "licences");
        using var python = Process.Start(new ProcessStartInfo("/usr/bin/python3", [script, "--check"]) { RedirectStandardError = true })!;
        var error = await python.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await python.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(python.ExitCode == 0, error);
    }
}
