namespace Coinsphere.Messaging.Standalone.Tests;

/// <summary>docs/licences.md says what is shipped.</summary>
public sealed class LicencesTests
{
    [Fact]
    public async Task Page_NamesEveryPackageAndItsLicence()
    {
        var script = Path.Join(Repository.Root, ".ci", "licences");
        var run = await CommandLine.RunAsync("/usr/bin/python3", [script, "--check"]);
        Assert.True(run.Code == 0, run.Errors);
    }
}
